import { readdirSync } from 'node:fs';
import { seeded } from '../testkit/seeded.ts';

/**
 * The journeys on real containers that are asked for: all with CONTAINERS=1, and with CONTAINERS=one, as CI has it, a single one
 * that CONTAINERS_SEED draws; none otherwise.
 */
export function drawJourneys(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const asked = environment['CONTAINERS'];
  if (asked === '1') return ['test/containers/*.test.ts'];
  if (asked !== 'one') return [];
  const seed = Number(environment['CONTAINERS_SEED'] ?? Date.now() % 2 ** 31);
  const all = readdirSync('test/containers').filter((name) => name.endsWith('.test.ts'));
  const drawn = all[Math.floor(seeded(seed)() * all.length)] ?? 'install.test.ts';
  process.stdout.write(`on real containers: ${drawn}, drawn from ${all.join(', ')} by CONTAINERS_SEED=${seed}\n`);
  return [`test/containers/${drawn}`];
}
