import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { messageOf, countText, listText } from '../base/index.ts';
import {
  databaseNames,
  type Acknowledgement,
  type CheckStatus,
  type Manifest,
  type MigrationCost,
  type PreflightCheck,
  type RehearsalSummary,
} from '../contract/index.ts';
import type { Check, Judgement } from './check.ts';
import { checks as allChecks } from './checks/index.ts';
import { openContext, type PreflightContext, type PreflightEffects, type PreflightSubject } from './context.ts';
import { readIdentity, type DeploymentIdentity } from './deployment.ts';
import { takeFingerprint, type Fingerprint } from './fingerprint.ts';
import { summaryOf } from './rehearsal-standing.ts';

export interface PreflightOptions extends PreflightSubject, PreflightEffects {
  /** Turns every warning into a failure of the run. */
  readonly strict: boolean;
  /** Called when a check has come to its end; `held` are the documented outcomes that made its finding. */
  readonly onChecked?: (done: number, total: number, check: PreflightCheck, held: readonly string[]) => void;
}

/** What one run found; nothing of it is recorded yet. */
export interface PreflightReport {
  readonly id: string;
  readonly ranAt: Date;
  /** The machine, or the container, on which it ran. */
  readonly host: string;
  readonly targetVersion: string;
  readonly targetImageSha: string;
  readonly strict: boolean;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly counts: Readonly<Record<CheckStatus, number>>;
  readonly checks: readonly PreflightCheck[];
  readonly manifest: Manifest;
  readonly fingerprint: Fingerprint;
  /** What each pending migration would do; empty when that could not be foreseen. */
  readonly migrations: readonly MigrationCost[];
  /** What stands for the dangerous ones among them; null without any. */
  readonly acknowledgement: Acknowledgement | null;
  /** The rehearsal of exactly these, if there was one. */
  readonly rehearsal: RehearsalSummary | null;
  /** Which deployment was looked at. */
  readonly deployment: DeploymentIdentity;
}

/** Runs every check at the same time, and changes nothing. A database that cannot be read makes checks skip, it never throws. */
export async function runPreflight(options: PreflightOptions): Promise<PreflightReport> {
  const ranAt = options.clock.now();
  const { context, close } = openContext(options, options);
  try {
    const looked = await runAll(allChecks, context, options.onChecked);
    const checks = [...looked, toldSkips(looked)];
    const counts = countOf(checks);
    return {
      id: randomUUID(),
      ranAt,
      host: hostname(),
      targetVersion: options.manifest.appVersion,
      targetImageSha: options.imageSha,
      strict: options.strict,
      status: statusOf(counts, options.strict),
      counts,
      checks,
      manifest: options.manifest,
      fingerprint: await takeFingerprint(context),
      // Why they could not be read is said by the checks that needed them.
      migrations: await readImpacts(context).catch(() => []),
      acknowledgement: await context.acknowledgement().catch(() => null),
      rehearsal: await context.rehearsal().then(summaryOf, () => null),
      deployment: await readIdentity(context.databases),
    };
  } finally {
    await close();
  }
}

/** What is foreseen of each pending migration, joined with what the linter finds in it. */
async function readImpacts({ impacts, databases }: PreflightContext): Promise<readonly MigrationCost[]> {
  const [foreseen, linted] = await Promise.all([
    impacts(),
    Promise.all(databaseNames.map(async (name) => await databases[name].lint())).catch(() => []),
  ]);
  return foreseen.map((impact) => {
    const found = linted.flat().find(({ migration }) => isSame(migration, impact));
    return Object.assign({}, impact, { findings: found === undefined ? null : [...found.findings] });
  });
}

function isSame(
  one: Pick<MigrationCost, 'database' | 'version'>,
  { database, version }: Pick<MigrationCost, 'database' | 'version'>,
): boolean {
  return one.database === database && one.version === version;
}

async function runAll(
  checks: readonly Check[],
  context: PreflightContext,
  onChecked: PreflightOptions['onChecked'] = () => undefined,
): Promise<PreflightCheck[]> {
  let done = 0;
  return await Promise.all(
    checks.map(async (check) => {
      const { held, ...finding } = await check.run(context).catch(crashed);
      const { code, title } = check;
      const result = { code, title, ...finding };
      done += 1;
      onChecked(done, checks.length, result, held);
      return result;
    }),
  );
}

function crashed(error: unknown): Judgement {
  return { status: 'fail', message: `the check itself crashed: ${messageOf(error)}`, remedy: '', held: [] };
}

/** The check of the checks, so that a part nobody has looked at is counted as something to do. */
export const everythingLookedAt = {
  code: 'everything_looked_at',
  title: 'Everything was looked at',
  about:
    'A check that could not look is a skip, which says nothing. As long as there is one, the run as a whole is no better than a warning.',
  outcomes: [
    { status: 'warn', when: 'a check was skipped' },
    { status: 'pass', when: 'every check has looked' },
  ],
} as const;

function toldSkips(looked: readonly PreflightCheck[]): PreflightCheck {
  const { code, title } = everythingLookedAt;
  const skipped = looked.filter(({ status }) => status === 'skip');
  if (skipped.length === 0)
    return { code, title, status: 'pass', message: `all ${looked.length} checks have looked`, remedy: '' };
  const named = listText(
    skipped.map((check) => check.code),
    6,
  );
  const message = `${skipped.length} of ${countText(looked.length, 'check')} could not look: ${named}`;
  return { code, title, status: 'warn', message, remedy: '' };
}

function countOf(checks: readonly PreflightCheck[]): Record<CheckStatus, number> {
  const counts = { pass: 0, warn: 0, fail: 0, skip: 0 };
  for (const { status } of checks) counts[status] += 1;
  return counts;
}

function statusOf({ fail, warn }: Record<CheckStatus, number>, strict: boolean): PreflightReport['status'] {
  if (fail > 0 || (strict && warn > 0)) return 'fail';
  return warn > 0 ? 'warn' : 'pass';
}
