import type { z } from 'zod';
import type { Clock, Log, Secret } from '../../base/index.ts';
import type { DatabaseProgress, takeBundleSchema, VerificationMethod } from '../../contract/index.ts';
import { copyBundle } from '../copies/index.ts';
import type { Place } from '../places.ts';
import { takeBundle, type TakeDeps } from '../take/index.ts';
import { proveCopy, requirePassed, verifyCopies, type VerifyObserver } from '../verify/index.ts';
import type { Catalogue } from './catalogue.ts';
import { listEntries } from './entries.ts';
import type { BegunRun, RunHandle, Runs } from './runs.ts';

export interface WorkDeps {
  readonly runs: Runs;
  readonly catalogue: Catalogue;
  readonly take: TakeDeps;
  /** The setting BACKUP_PROVE_DATABASE_URL. */
  readonly proveUrl: Secret | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the service does, one at a time. Each begins at once and goes on by itself; throws `backup_busy`. */
export interface Work {
  take(request: z.output<typeof takeBundleSchema>): BegunRun;
  verify(id: string, by: string, method: VerificationMethod): BegunRun;
  /** Brings a bundle that is at home to another target. It gives way to what anybody asks for. */
  copy(id: string, target: string, by: string): BegunRun;
}

/** Puts the work of the service together. */
export function createWork(deps: WorkDeps): Work {
  const { runs, catalogue } = deps;
  return {
    take: (request) =>
      runs.start({ kind: 'take', by: request.by, bundleId: null }, async (handle) => {
        try {
          await takeOne(deps, request, handle);
        } finally {
          await catalogue.refresh();
        }
      }),
    verify: (id, by, method) =>
      runs.start({ kind: method === 'restore' ? 'prove' : 'verify', by, bundleId: id }, async (handle) => {
        try {
          await verifyOne(deps, { id, by, method }, handle);
        } finally {
          await catalogue.refresh();
        }
      }),
    copy: (id, target, by) =>
      runs.start({ kind: 'copy', by, bundleId: id, givesWay: true }, async (handle) => {
        try {
          await copyOne(deps, { id, target, by }, handle);
        } finally {
          // Whoever it gave way to is waiting, and reads everything again.
          if (!handle.signal.aborted) await catalogue.refresh();
        }
      }),
  };
}

interface CopyOne {
  readonly id: string;
  readonly target: string;
  readonly by: string;
}

async function copyOne({ take, clock }: WorkDeps, { id, target, by }: CopyOne, handle: RunHandle): Promise<void> {
  const place = take.others.find((other) => other.target.name === target);
  if (place === undefined) throw new TypeError(`there is no target ${target} to copy to`);
  const { home, urls, log, zone } = take;
  const { signal } = handle;
  await copyBundle({
    home,
    place,
    id,
    by,
    configUrl: urls.config,
    clock,
    log,
    zone,
    signal,
    observer: observe(handle),
  });
}

function observe(handle: RunHandle): VerifyObserver {
  return {
    phase: (phase) => handle.report({ phase }),
    bytes: (doneBytes, estimatedBytes) => handle.report({ doneBytes, estimatedBytes }),
  };
}

async function takeOne({ take, catalogue }: WorkDeps, request: z.output<typeof takeBundleSchema>, handle: RunHandle) {
  const [newest] = listEntries(catalogue.shelves()).bundles;
  await takeBundle(take, {
    ...request,
    previous: newest?.manifest,
    signal: handle.signal,
    observer: {
      phase: (phase) => handle.report({ phase }),
      named: (bundleId) => handle.report({ bundleId }),
      databases: (databases) => handle.report(progressOf(databases)),
    },
  });
}

function progressOf(databases: readonly DatabaseProgress[]) {
  const sum = (of: (progress: DatabaseProgress) => number): number =>
    databases.reduce((total, progress) => total + of(progress), 0);
  return {
    databases: [...databases],
    doneBytes: sum(({ doneBytes }) => doneBytes),
    estimatedBytes: sum(({ estimatedBytes }) => estimatedBytes),
  };
}

interface VerifyOne {
  readonly id: string;
  readonly by: string;
  readonly method: VerificationMethod;
}

async function verifyOne({ take, proveUrl, clock, log }: WorkDeps, { id, by, method }: VerifyOne, handle: RunHandle) {
  const places: readonly Place[] = [take.home, ...take.others];
  const lock = {
    folder: take.home.target.location,
    configUrl: take.urls.config,
    onUnlocked: (error: Error) => log.warn({ bundle: id, err: error }, `not locked for this run: ${error.message}`),
  };
  const request = { places, id, by, clock, observer: observe(handle), lock, signal: handle.signal };
  const verifications =
    method === 'restore'
      ? await proveCopy({ ...request, findEngines: take.findEngines, proveUrl, unseal: undefined })
      : await verifyCopies(request);
  requirePassed(verifications, method);
}
