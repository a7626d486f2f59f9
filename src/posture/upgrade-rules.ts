import type { PreflightRun } from '../contract/index.ts';
import type { PostureFacts } from './facts.ts';
import type { Finding, Rule } from './rule.ts';

/** The record of preflight runs could not be read: whether an upgrade is safe is not known. */
export function findUnknownPreflight({ parts: { preflightReading }, migratorCommand }: PostureFacts): Finding[] {
  if (preflightReading.status !== 'unknown') return [];
  const why = preflightReading.error?.message ?? 'no reason was given';
  return [finding('preflight', `the preflight record could not be read: ${why}`, `${migratorCommand} status`)];
}

/** Nobody has ever asked whether an upgrade is safe. */
export function findMissingPreflight({ parts: { preflightReading } }: PostureFacts): Finding[] {
  if (preflightReading.status !== 'none') return [];
  return [finding('preflight', 'no preflight has been recorded; it is run by an operator before an upgrade', '')];
}

/** What is so now and forbids the candidate, unless a rule about the part has said it already. */
export function findBlocked({ parts }: PostureFacts): Finding[] {
  const { candidate, databases, gate } = parts;
  if (candidate?.state !== 'blocked') return [];
  const told = [...databases.flatMap(({ problems }) => problems), ...gate.closedParts];
  const messages = new Set(told.map(({ message }) => message));
  return candidate.obstacles.filter(({ message }) => !messages.has(message));
}

/** All that keeps the candidate back is that somebody has to say that its dangerous migrations were read. */
export function findUnacknowledged({ parts: { candidate }, migratorCommand }: PostureFacts): Finding[] {
  if (candidate?.state !== 'acknowledge') return [];
  const dangerous = candidate.migrations.filter(({ dangers }) => dangers.length > 0).length;
  const migrations = dangerous === 1 ? '1 migration' : `${dangerous} migrations`;
  const message = `${migrations} of ${candidate.version} ${dangerous === 1 ? 'is' : 'are'} dangerous and not acknowledged yet`;
  return [finding('upgrade', message, `${migratorCommand} preflight --acknowledge ${candidate.acknowledgement?.hash}`)];
}

/** The outcome of a run that still holds, unless it was only about an acknowledgement. */
export function freshPreflight(status: PreflightRun['status'], outcome: string): Rule['find'] {
  return ({ parts: { candidate }, migratorCommand }) => {
    if (candidate === null || candidate.state === 'acknowledge') return [];
    const { run, version } = candidate;
    if (run.stale || run.status !== status) return [];
    const { fail, warn } = run.counts;
    const message = `the preflight for ${version} ${outcome} (${fail} failed, ${warn} with a warning)`;
    return [finding('preflight', message, `${migratorCommand} preflight`)];
  };
}

/** Once its migrations are applied, that they were not yet is no cause for another run. */
export function findStalePreflight({ parts: { candidate }, migratorCommand }: PostureFacts): Finding[] {
  if (candidate === null || !candidate.run.stale || candidate.state === 'migrated') return [];
  const { staleReasons } = candidate.run;
  const why = staleReasons.length > 0 ? `: ${staleReasons.join(', ')}` : '';
  const message = `the preflight for ${candidate.version} no longer describes this deployment${why}`;
  return [finding('preflight', message, `${migratorCommand} preflight`)];
}

function finding(part: string, message: string, remedy: string): Finding {
  return { part, message, remedy };
}
