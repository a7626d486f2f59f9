import { expect, test } from 'vitest';
import { runChaos } from '../chaos/run.ts';

// CHAOS_SEED repeats a run that was printed; `node scripts/chaos-fleet.ts` runs the long one.
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 31);

test(
  'whatever is killed under load, every job ends once: with a result, or as a dead letter with its reason',
  { timeout: 480_000 },
  async () => {
    const said: string[] = [];
    const report = await runChaos({ seed, durationMs: 25_000, hurry: true, say: (line) => said.push(line) });
    const story = `CHAOS_SEED=${seed}\n${said.join('\n')}`;
    expect(report.faults, story).toEqual([]);
    expect(report.done, story).toBeGreaterThan(0);
    expect(Object.values(report.kills).length, story).toBeGreaterThan(1);
  },
);
