import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { waitFor } from '../testkit/wait-for.ts';
import type { Deployment } from './deployment.ts';
import { managersOf, release, startRelease, type Tooling } from './tooling.ts';

/** What a deployment says when it has come to a moment, and the states that its journal may be in when it is killed there. */
export const moments = [
  [/^preflight of /m, ['judging', 'saving']],
  [/is pinned as the way back$/m, ['judging', 'saving', 'migrating']],
  [/^jobs is at /m, ['migrating', 'replacing']],
  [/^starting a manager of /m, ['replacing']],
  [/ is ready$/m, ['replacing']],
  [/^stopping manager /m, ['replacing', 'settling']],
  [/^posture: /m, ['verifying', 'done']],
] as const;
export type Moment = (typeof moments)[number];

interface Standing {
  readonly journal: { readonly state: string };
  readonly managers: readonly { readonly version: string; readonly total: number }[];
  readonly reference: string;
  readonly waysOut: readonly { readonly way: string; readonly command: string }[];
}

/**
 * Deploys an image, is killed without warning at a moment, looks where it stands, and goes on by the command that it is told; gives
 * how that ended.
 */
export async function deployKilledAt(
  deployment: Deployment,
  image: string,
  [pattern, states]: Moment,
): Promise<Tooling> {
  await using child = startRelease(deployment, 'deploy', image, '--yes');
  await waitFor(() => pattern.test(child.stderr()) || child.process.exitCode !== null, {
    what: `the deployment to say ${pattern.source}`,
    timeoutMs: 300_000,
  });
  expect(child.process.exitCode, child.stdout() + child.stderr()).toBeNull();
  await child.end('SIGKILL');

  const { stdout } = await release(deployment, 'deploy', '--status', '--json');
  const { journal, managers, reference, waysOut } = (JSON.parse(stdout) as { standing: Standing }).standing;
  expect(states).toContain(journal.state);
  expect(await readFile(join(deployment.folder, '.env'), 'utf8')).toContain(`\nPLIMSOLL_IMAGE=${reference}\n`);
  // What docker was told before the kill it may still be doing.
  const count = managers.reduce((sum, { total }) => sum + total, 0);
  expect(Math.abs((await managersOf(deployment)).length - count)).toBeLessThanOrEqual(1);
  if (journal.state === 'done') return { code: 0, stdout: '', stderr: '' };
  const goOn = waysOut.find(({ way }) => way === 'go_on')?.command ?? '';
  expect(goOn).toBe('plimsoll release deploy --resume');
  return await release(deployment, ...goOn.split(' ').slice(2));
}
