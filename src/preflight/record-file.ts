import type { Clock, Secret } from '../base/index.ts';
import type { DatabaseName } from '../contract/index.ts';
import { compareIdentities, surveyIdentity, type DeploymentIdentity } from './deployment.ts';
import { preflightError } from './errors.ts';
import { recordPreflight, type Recorded } from './record.ts';
import { readRunFile } from './run-file.ts';
import type { PreflightReport } from './run.ts';

export interface RecordFileTerms {
  readonly path: string;
  /** The deployment, with the migrator's role. */
  readonly urls: Readonly<Record<DatabaseName, Secret>>;
  /** Who records it. */
  readonly operator: string | undefined;
  readonly clock: Clock;
}

/**
 * Records a run that was kept in a file. A second time changes nothing. Throws preflight_file_* for a file that cannot be
 * taken, and preflight_not_recorded.
 */
export async function recordRunFile({
  path,
  urls,
  operator,
  clock,
}: RecordFileTerms): Promise<{ readonly report: PreflightReport; readonly recorded: Recorded }> {
  const { report, runner } = await readRunFile(path, clock.now());
  requireSame(report.deployment, await surveyIdentity(urls), path);
  return { report, recorded: await recordPreflight(report, { url: urls.config, operator }, runner) };
}

function requireSame(then: DeploymentIdentity, now: DeploymentIdentity, path: string): void {
  const comparison = compareIdentities(then, now);
  if (comparison === 'same') return;
  const why =
    comparison === 'unknown'
      ? 'no database could be read both when it ran and now'
      : `its ${comparison.other} database is another than the one that is here`;
  throw preflightError('preflight_file_foreign', {
    message: `${path} was not shown to be of this deployment: ${why}`,
    hint: 'Record it where it was run, or run `plimsoll migrator preflight` here.',
  });
}
