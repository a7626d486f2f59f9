import { randomUUID } from 'node:crypto';
import { messageOf, type AppError, type Clock, type Secret } from '../base/index.ts';
import type { DumpEngines } from '../backups/index.ts';
import type { DatabaseName, RehearsedMigration } from '../contract/index.ts';
import { runMigrator, type MigratorOptions, type MigratorReport } from '../migrator/index.ts';
import { pendingDigestOf, type Rehearsal, type RehearsalResult } from '../preflight/index.ts';
import { compareWithFresh, countRows, lossesOf, readDriftAfter, type RowCounts } from './contents.ts';
import { rehearsalError } from './errors.ts';
import { openMeter } from './observe.ts';
import { setStage, type RehearsalProgress, type Stage, type StageRequest } from './stage.ts';
import {
  findOwnBundle,
  readSubject,
  type BundleChoice,
  type RehearsalSubject,
  type SubjectRequest,
} from './subject.ts';

export interface RehearsalRequest
  extends
    SubjectRequest,
    BundleChoice,
    Pick<MigratorOptions, 'patience' | 'operator'>,
    Pick<StageRequest, 'rehearsalUrl' | 'signal' | 'freeBytes'> {
  readonly imageSha: string;
  readonly clock: Clock;
  readonly findEngines: () => Promise<DumpEngines>;
  readonly onProgress: (progress: RehearsalProgress) => void;
}

/** What came of it; `nothing`: no migration is pending. */
export type RehearsalOutcome =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'rehearsed'; readonly rehearsal: Rehearsal; readonly swept: readonly string[] };

/**
 * Restores a bundle into scratch databases, runs exactly the pending migrations there and measures each. A migration that
 * fails is an outcome; what keeps it from being rehearsed at all is thrown. The scratch databases are dropped in every case.
 */
export async function rehearse(request: RehearsalRequest): Promise<RehearsalOutcome> {
  try {
    return await tryToRehearse(request);
  } catch (error) {
    if (request.signal.aborted) throw cancelled();
    throw error;
  }
}

async function tryToRehearse(request: RehearsalRequest): Promise<RehearsalOutcome> {
  const { clock, imageSha, manifest, signal, onProgress, urls } = request;
  const ranAt = clock.now();
  onProgress({ phase: 'looking at what is pending' });
  const subject = await readSubject(request);
  if (subject.pending.length === 0) return { kind: 'nothing' };
  const source = await findOwnBundle(request, subject, urls.config);
  const { names } = subject;
  await using stage = await setStage({ ...request, names, source, engines: await request.findEngines() });
  signal.throwIfAborted();
  const result = await perform(request, subject, stage);
  onProgress({ phase: 'dropping scratch databases' });
  const rehearsal: Rehearsal = {
    id: randomUUID(),
    ranAt,
    targetVersion: manifest.appVersion,
    targetImageSha: imageSha,
    pendingDigest: pendingDigestOf(subject.pending),
    bundle: { id: source.manifest.id, createdAt: new Date(source.manifest.createdAt) },
    status: result.problem === null ? 'passed' : 'failed',
    result,
  };
  return { kind: 'rehearsed', rehearsal, swept: stage.swept };
}

function cancelled(): AppError {
  return rehearsalError('rehearsal_cancelled', {
    message: 'the rehearsal was stopped; its scratch databases were dropped',
    hint: 'Run `plimsoll migrator rehearse` again when there is time for it.',
  });
}

async function perform(request: RehearsalRequest, subject: RehearsalSubject, stage: Stage): Promise<RehearsalResult> {
  const { names } = subject;
  const { onProgress, signal } = request;
  onProgress({ phase: 'counting rows' });
  const before = await countAll(names, stage, signal);
  const { report, seconds, measured } = await migrate(request, subject, stage);
  const known = { restoreSeconds: stage.restoreSeconds, migrations: measured, serverMajors: stage.serverMajors };
  const problem = problemOf(report);
  if (problem !== null) return { ...known, seconds: null, problem, notes: notesOf(report) };
  onProgress({ phase: 'looking at what came out' });
  const after = await countAll(names, stage, signal);
  const drifted = (
    await Promise.all(names.map(async (name) => await readDriftAfter(name, stage.restored[name])))
  ).flat();
  const lost = names.flatMap((name) => lossesOf(name, before.get(name) ?? new Map(), after.get(name) ?? new Map()));
  const differences = await differencesFromFresh(request, names, stage);
  return {
    ...known,
    seconds: drifted.length === 0 ? seconds : null,
    problem: drifted.length === 0 ? null : `the schema drifted from what the migrator recorded: ${drifted.join('; ')}`,
    notes: [...notesOf(report), ...lost, ...differences],
  };
}

async function countAll(
  names: readonly DatabaseName[],
  { restored }: Stage,
  signal: AbortSignal,
): Promise<ReadonlyMap<DatabaseName, RowCounts>> {
  const counted = names.map(async (name) => [name, await countRows(name, restored[name], signal)] as const);
  return new Map(await Promise.all(counted));
}

interface Performance {
  readonly report: MigratorReport;
  readonly seconds: number;
  readonly measured: RehearsedMigration[];
}

/** With the databases side by side, as in the real run: they share the machine there too. */
async function migrate(
  request: RehearsalRequest,
  { names, pending }: RehearsalSubject,
  stage: Stage,
): Promise<Performance> {
  await using meter = await openMeter(names, stage.restored);
  const from = performance.now();
  let done = 0;
  const running = runMigrator({
    ...migratorOptions(request, names, stage.restored),
    observer: meter.observer,
    onEvent: (event) => {
      if (event.kind === 'applied') done += 1;
      if (event.kind === 'applying')
        request.onProgress({
          phase: `migration ${done + 1} of ${pending.length}: ${event.database}/${String(event.version).padStart(4, '0')}_${event.name}`,
        });
    },
  });
  const report = await untilAborted(running, request.signal, stage);
  return { report, seconds: (performance.now() - from) / 1000, measured: [...meter.measured] };
}

/** A migrator cannot be told to stop; dropping the databases under it ends it. */
async function untilAborted<T>(running: Promise<T>, signal: AbortSignal, stage: Stage): Promise<T> {
  const { promise: aborted, resolve } = Promise.withResolvers<'aborted'>();
  const abort = (): void => resolve('aborted');
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    const first = await Promise.race([running, aborted]);
    if (first !== 'aborted') return first;
    await stage[Symbol.asyncDispose]();
    await running.catch(() => undefined);
    throw signal.reason;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function migratorOptions(
  { manifest, migrationsDir, operator, imageSha, patience = {}, migratorCommand }: RehearsalRequest,
  only: readonly DatabaseName[],
  urls: Readonly<Record<DatabaseName, Secret>>,
): MigratorOptions {
  return { manifest, migrationsDir, operator, imageSha, patience, migratorCommand, only, urls };
}

function problemOf({ databases }: MigratorReport): string | null {
  const stuck = databases.filter(({ outcome }) => outcome === 'failed' || outcome === 'refused');
  if (stuck.length === 0) return null;
  return stuck.map(({ name, error }) => `${name}: ${error?.message ?? 'it did not say why'}`).join('; ');
}

function notesOf({ databases }: MigratorReport): string[] {
  return databases.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`));
}

/** The same release on empty databases: a schema that came about by another way must be the same. */
async function differencesFromFresh(
  request: RehearsalRequest,
  names: readonly DatabaseName[],
  stage: Stage,
): Promise<string[]> {
  try {
    const report = await runMigrator(migratorOptions(request, names, stage.fresh));
    const problem = problemOf(report);
    if (problem !== null) return [`this release does not install anew: ${problem}`];
    const compared = names.map(async (name) => await compareWithFresh(name, stage.restored[name], stage.fresh[name]));
    const differences = (await Promise.all(compared)).flat();
    return differences.map((difference) => `not as in a fresh install: ${difference}`);
  } catch (error) {
    request.signal.throwIfAborted();
    return [`the schema could not be compared with that of a fresh install: ${messageOf(error)}`];
  }
}
