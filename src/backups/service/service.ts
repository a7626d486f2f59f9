import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { hasCode, makeFolders, type Clock, type Secret, type Service } from '../../base/index.ts';
import { holderOf, lockFolder, unusable } from '../lock/index.ts';
import { openKeyProofs } from '../sealing/index.ts';
import { sweepProveServer } from '../prove/index.ts';
import { sweepUnfinished, type TakeDeps } from '../take/index.ts';
import { createServiceApp } from './app.ts';
import { createCatalogue } from './catalogue.ts';
import { CatchUp } from './catch-up.ts';
import { createChanges } from './changes.ts';
import { openRunLedger, settleInterrupted, type RunLedger } from './run-ledger.ts';
import { Runs } from './runs.ts';
import type { ScheduleRule } from './schedule.ts';
import { bySchedule, Schedules } from './schedules.ts';
import { shelfSource } from './shelf-source.ts';
import { Surroundings } from './surroundings.ts';
import { createWork } from './work.ts';

/** The backup service: its HTTP application and the work behind it. */
export interface BackupService extends Service {
  readonly app: FastifyInstance;
  /** Reads all targets again, for whoever changed one. */
  refresh(): Promise<void>;
}

export interface BackupServiceOptions {
  readonly log: FastifyBaseLogger;
  readonly clock: Clock;
  readonly token: Secret;
  readonly migratorCommand: string;
  readonly take: TakeDeps;
  /** The setting BACKUP_PROVE_DATABASE_URL. */
  readonly proveUrl: Secret | undefined;
  /** Undefined: not by itself. */
  readonly schedules: { readonly take: ScheduleRule | undefined; readonly prove: ScheduleRule | undefined };
  readonly maxAgeSeconds: number;
  /** For tests, which do not wait. */
  readonly catchUp?: { readonly lookEveryMs: number };
}

/** What is done without the service is seen about as soon as the bundles it leaves. */
const runsPeriodMs = 30_000;

/** Puts the service together; `start` reads what is there and begins to work. */
export async function createBackupService(options: BackupServiceOptions): Promise<BackupService> {
  const { log, clock, take, proveUrl } = options;
  const places = [take.home, ...take.others];
  const folder = take.home.target.location;
  const catalogue = createCatalogue({ sources: places.map(shelfSource), log });
  const ledger = openRunLedger(join(folder, 'runs'));
  const runs = new Runs({ ledger, clock, log });
  const keyProofs = openKeyProofs({ recipients: take.recipients, target: take.home.target, clock });
  const surroundings = new Surroundings({ take, proveUrl, keyProofs, log });
  const work = createWork({ runs, catalogue, take, proveUrl, clock, log });
  const catchUp = new CatchUp({ ...options.catchUp, catalogue, runs, work, clock, log, zone: take.zone });
  let loading: NodeJS.Timeout | undefined;
  const schedules = new Schedules({ ...options, folder, catalogue, work, surroundings });
  const app = await createServiceApp({
    ...options,
    app: take.app,
    zone: take.zone,
    catalogue,
    runs,
    catchUp,
    places,
    folder,
    work,
    keyProofs,
    onKeyProven: async () => await surroundings.refreshKeys(),
    changes: createChanges({ places, catalogue, runs, clock, log, folder }),
    startedAt: clock.now(),
    facts: () => ({ ...surroundings.facts(), ...schedules.describe() }),
  });
  return {
    app,
    refresh: async () => {
      await Promise.all([catalogue.refresh(), loadRuns(options, ledger, runs)]);
    },
    start: async () => {
      await settle(options, ledger);
      await sweepServer(options);
      await loadRuns(options, ledger, runs);
      loading = setInterval(() => void loadRuns(options, ledger, runs), runsPeriodMs).unref();
      await Promise.all([catalogue.refresh(), surroundings.refresh()]);
      catalogue.start();
      surroundings.start();
      await schedules.start();
      catchUp.start();
    },
    stop: async () => {
      clearInterval(loading);
      schedules.stop();
      catchUp.stop();
      surroundings.stop();
      catalogue.stop();
      await runs.stop();
      await app.close();
    },
  };
}

/** What stands in the way of it also stands in the way of proving, and is told by every answer. */
async function sweepServer({ proveUrl, log }: BackupServiceOptions): Promise<void> {
  const swept = await sweepProveServer(proveUrl).catch(() => []);
  if (swept.length > 0) log.warn({ databases: swept }, 'scratch databases that killed runs had left were dropped');
}

/** Reads what others did. A run that nobody is at work on any more, its process having been killed, is settled. */
async function loadRuns({ take, clock, log }: BackupServiceOptions, ledger: RunLedger, runs: Runs): Promise<void> {
  try {
    await runs.load();
    if (runs.current() !== null || !runs.past().some(({ state }) => state === 'running')) return;
    await using _ = await lockFolder(take.home.target.location, holderOf('looking after a run', bySchedule, clock));
    await settleInterrupted(ledger, clock);
    await runs.load();
  } catch (error) {
    // Whoever has the lock is the one at work.
    if (hasCode(error, 'backup_busy')) return;
    log.warn({ err: error }, 'the runs of other processes could not be read');
  }
}

/**
 * Says what was interrupted, and removes what it left, if nobody else is at work in the folder: the lock of one that was
 * killed is free.
 */
async function settle({ take, clock, log }: BackupServiceOptions, ledger: RunLedger): Promise<void> {
  const folder = take.home.target.location;
  try {
    await makeFolders(folder, 0o700).catch((error: unknown) => {
      throw unusable(folder, error);
    });
    await using _ = await lockFolder(folder, holderOf('starting the backup service', bySchedule, clock));
    for (const { id, kind, phase, bundleId } of await settleInterrupted(ledger, clock))
      log.warn({ run: id, kind, bundle: bundleId }, `an earlier run was interrupted while it was at: ${phase}`);
    await sweepUnfinished(await take.home.forReading(), log);
  } catch (error) {
    // A disk that is not there may be there later: until then every answer names it.
    if (hasCode(error, 'backup_folder_unusable')) log.error({ err: error }, error.message);
    else log.warn({ err: error }, 'what an earlier run left is not looked at now, but before the next bundle is taken');
  }
}
