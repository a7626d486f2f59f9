import type { BackupServiceAddress } from '../../backups/client/index.ts';
import type { Secret } from '../../base/index.ts';
import type { DatabaseName, Manifest } from '../../contract/index.ts';
import { countQueuedJobs } from '../../fleet/index.ts';
import type { Definitions } from '../../migrator/index.ts';
import type { ReadTerms } from '../outcome.ts';
import { forEachDatabase, isComparable, type Readings } from '../readings.ts';
import { readLastBackup } from './backup.ts';
import { openConfigRecords } from './config-records.ts';
import { measureDrift } from './drift.ts';
import { openRecords } from './records.ts';
import { openSchemaReader } from './schema.ts';

export interface ReadersOptions {
  readonly manifest: Manifest;
  readonly definitions: Definitions;
  /** What the manager connects with. */
  readonly urls: Readonly<Record<DatabaseName, Secret>>;
  readonly backup: BackupServiceAddress;
  readonly migratorCommand: string;
  readonly terms: ReadTerms;
  /** Called when a database says that its ledger has changed, and when a connection breaks. */
  readonly onEvent: () => void;
}

/** All readers. They run at the same time, each within its own deadline; none throws. */
export interface Readers {
  readParts(): Promise<Omit<Readings, 'drift'>>;
  /** Compares the live schemas of the databases that were read and are at rest. */
  readDrift(schemas: Readings['schemas']): Promise<Readings['drift']>;
  close(): Promise<void>;
}

/** Opens the readers; nothing connects before the first reading. */
export function openReaders(options: ReadersOptions): Readers {
  const { urls, backup, terms, migratorCommand, onEvent } = options;
  const schemaReader = (database: DatabaseName) =>
    openSchemaReader({
      database,
      url: urls[database],
      required: options.manifest.databases[database].schemaVersion,
      definitions: options.definitions[database],
      appVersion: options.manifest.appVersion,
      migratorCommand,
      terms,
      onEvent,
    });
  const schemas = { config: schemaReader('config'), results: schemaReader('results'), jobs: schemaReader('jobs') };
  const records = openConfigRecords(urls.config, terms, options.manifest);
  const queue = openRecords({ name: 'jobs', url: urls.jobs, applicationName: 'plimsoll-posture-queue', terms });
  return {
    readParts: async () => {
      const [schema, lastBackup, scanners, preflight, queuedJobs] = await Promise.all([
        forEachDatabase(async (name) => await schemas[name].read()),
        readLastBackup(backup, terms),
        records.readScanners(),
        records.readPreflight(),
        queue.read(countQueuedJobs),
      ]);
      return { schemas: schema, backup: lastBackup, scanners, preflight, queuedJobs };
    },
    readDrift: async (read) =>
      await forEachDatabase(async (database) => {
        const schema = read[database];
        if (!('value' in schema) || !isComparable(schema.value)) return null;
        const outcome = await measureDrift({ database, url: urls[database], migratorCommand, terms });
        return { ledgerKey: schema.value.ledgerKey, outcome };
      }),
    close: async () => {
      await Promise.all([
        records.close(),
        queue.close(),
        ...Object.values(schemas).map(async (reader) => await reader.close()),
      ]);
    },
  };
}
