import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolders, messageOf, writeDurably, type Clock } from '../../base/index.ts';
import { bundleIdSchema, type DatabaseName } from '../../contract/index.ts';
import { restoreError } from './errors.ts';
import { restoreStates, type RestoreState } from './states.ts';

const databaseSchema = z.strictObject({
  /** The name that the product's URLs have. */
  live: z.string(),
  restored: z.string(),
  before: z.string(),
  undone: z.string(),
  /** False: there was no database of this name, so there is none to go back to. */
  existed: z.boolean(),
  /** The new one is whole, compared and ready to take the place. */
  loaded: z.boolean(),
});
export type JournalDatabase = z.infer<typeof databaseSchema>;

const mustEnrolSchema = z.strictObject({ count: z.int().nonnegative(), names: z.array(z.string()) });
/** Scanners that have to enrol again, with the names of the first ones. */
export type MustEnrol = Readonly<z.infer<typeof mustEnrolSchema>>;

const journalSchema = z.strictObject({
  format: z.literal('plimsoll restore 1'),
  id: z.string().regex(/^\d{14}$/),
  bundleId: bundleIdSchema,
  /** As it was asked for: an id on a target, or a path. */
  bundleFrom: z.string(),
  bundleTakenAt: z.iso.datetime(),
  by: z.string(),
  startedAt: z.iso.datetime(),
  /** Reasons given for what would have been refused, by the option. */
  accepted: z.record(z.string(), z.string()),
  /** Of the deployment that is restored; null when it could not be read. */
  deploymentId: z.string().nullable(),
  /** What the fleet's epoch becomes; leases of an older one are nobody's. */
  epoch: z.int(),
  /** What it becomes when the old databases are brought back; null before. */
  epochBack: z.int().nullable(),
  /** The host that worked on it last. */
  host: z.string(),
  /** What was restored holds what the snapshots held; what is changed in it from then on is our own. */
  compared: z.boolean(),
  /** What holds a credential that is not known any more; null while that could not be told. */
  mustEnrol: mustEnrolSchema.nullable().default(null),
  databases: z.strictObject({ config: databaseSchema, results: databaseSchema, jobs: databaseSchema }),
  state: z.enum(restoreStates),
  history: z.array(z.strictObject({ state: z.enum(restoreStates), at: z.iso.datetime() })),
});
export type RestoreJournal = z.infer<typeof journalSchema>;

/** Where the journals of all restores lie, one file each; they are never removed. */
export interface Journals {
  readonly folder: string;
  /** Newest first. Throws `restore_journal_unreadable`. */
  list(): Promise<RestoreJournal[]>;
  /** On the disk when it resolves. */
  write(journal: RestoreJournal): Promise<void>;
}

/** Opens the journals in `restores/` of the folder of bundles; made when the first is written. */
export function openJournals(backupFolder: string): Journals {
  const folder = join(backupFolder, 'restores');
  return {
    folder,
    list: async () => {
      const names = (await namesIn(folder)).filter((name) => /^\d{14}\.json$/.test(name));
      return await Promise.all(
        names
          .sort()
          .toReversed()
          .map(async (name) => await readJournal(join(folder, name))),
      );
    },
    write: async (journal) => {
      await makeFolders(folder, 0o700);
      await writeDurably(
        join(folder, `${journal.id}.json`),
        `${JSON.stringify(journalSchema.parse(journal), null, 2)}\n`,
      );
    },
  };
}

/** The journal in another state, with that in its history. */
export function inState(journal: RestoreJournal, state: RestoreState, clock: Clock): RestoreJournal {
  return { ...journal, state, history: [...journal.history, { state, at: clock.now().toISOString() }] };
}

/** The journal with facts on each database changed. */
export function withDatabases(
  journal: RestoreJournal,
  change: (database: JournalDatabase, name: DatabaseName) => JournalDatabase,
): RestoreJournal {
  const { config, results, jobs } = journal.databases;
  const databases = {
    config: change(config, 'config'),
    results: change(results, 'results'),
    jobs: change(jobs, 'jobs'),
  };
  return { ...journal, databases };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw unreadable(folder, error);
  }
}

async function readJournal(path: string): Promise<RestoreJournal> {
  try {
    return journalSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): Error {
  return restoreError('restore_journal_unreadable', {
    message: `${path}, which says how far a restore is, cannot be used: ${messageOf(cause).slice(0, 200)}`,
    hint: `Look at the databases of the server (\`psql -l\`): those named …_restore_…, …_before_… and …_undone_… belong to a restore. When nothing is left to do, move ${path} away.`,
    cause,
  });
}
