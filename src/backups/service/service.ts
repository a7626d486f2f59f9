import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { makeFolders, messageOf, type Clock, type Secret, type Service } from '../../base/index.ts';
import { openRecords } from '../records.ts';
import { takeError } from '../take/errors.ts';
import type { BackupTarget } from '../types.ts';
import { createServiceApp } from './app.ts';
import { createCatalogue } from './catalogue.ts';
import { openRunLedger } from './run-ledger.ts';
import { Runs } from './runs.ts';
import { shelfSource } from './shelf-source.ts';
import type { StatusSources } from './status.ts';

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
  readonly app: StatusSources['app'];
  /** BACKUP_DIR. */
  readonly folder: string;
  readonly targets: readonly BackupTarget[];
  readonly maxAgeSeconds: number;
}

/** Puts the service together; `start` reads what is there and begins to work. */
export async function createBackupService(options: BackupServiceOptions): Promise<BackupService> {
  const { log, clock, targets } = options;
  const catalogue = createCatalogue({
    sources: targets.map((target) => shelfSource(target, openRecords(target, log))),
    clock,
    log,
  });
  const runs = new Runs({ ledger: openRunLedger(join(options.folder, 'runs')), clock, log });
  const app = await createServiceApp({
    ...options,
    catalogue,
    runs,
    startedAt: clock.now(),
    facts: () => ({
      engine: null,
      engineError: null,
      proveError: null,
      takeSchedule: { cron: null, zone: 'UTC', next: null },
      proveSchedule: { cron: null, zone: 'UTC', next: null },
      keys: [],
    }),
  });
  return {
    app,
    refresh: async () => await catalogue.refresh(),
    start: async () => {
      await prepareFolder(options.folder);
      await runs.load();
      await catalogue.refresh();
      catalogue.start();
    },
    stop: async () => {
      catalogue.stop();
      await runs.stop();
      await app.close();
    },
  };
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder, 0o700);
  } catch (error) {
    throw takeError('backup_folder_unusable', {
      message: `BACKUP_DIR ${folder} cannot be used: ${messageOf(error)}`,
      hint: 'Give the account of the backup service the folder, or set BACKUP_DIR to another one.',
      cause: error,
    });
  }
}
