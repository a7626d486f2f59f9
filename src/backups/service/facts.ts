import type { BackupFacts } from '../../contract/index.ts';
import { bundleSummarySchema } from '../../contract/index.ts';
import { listEntries } from './entries.ts';
import type { StatusSources } from './status.ts';

/** What is told beside the newest bundle: how the service fares, as far as it bears on going back. */
export function describeFacts({ catalogue, runs, maxAgeSeconds, facts }: StatusSources): BackupFacts {
  const { bundles } = listEntries(catalogue.shelves());
  const { proveError, keys } = facts();
  const proven = bundles.find(({ state }) => state === 'proven');
  const provenAt = bundles
    .flatMap((bundle) => bundle.provenAt ?? [])
    .sort()
    .at(-1);
  return {
    lastProven: proven === undefined ? null : bundleSummarySchema.parse(proven),
    unprovenSince: provenAt ?? bundles.at(-1)?.createdAt ?? null,
    maxAgeSeconds,
    lastTake: lastTakeOf(runs.past()),
    proveError,
    keys,
  };
}

function lastTakeOf(past: ReturnType<StatusSources['runs']['past']>): BackupFacts['lastTake'] {
  const last = past.find(({ kind }) => kind === 'take');
  if (last === undefined || last.state === 'running') return null;
  const { state, startedAt, finishedAt, error } = last;
  return { state, startedAt, finishedAt, error: error && { code: error.code, message: error.message } };
}
