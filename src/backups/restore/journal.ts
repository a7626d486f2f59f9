import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, openJournalFolder, type Clock, type JournalFolder } from '../../base/index.ts';
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

/** The journals of all restores. */
export type Journals = JournalFolder<RestoreJournal>;

/** Opens the journals in `restores/` of the folder of bundles. Listing them throws `restore_journal_unreadable`. */
export function openJournals(backupFolder: string): Journals {
  return openJournalFolder({
    folder: join(backupFolder, 'restores'),
    idPattern: /^\d{14}$/,
    parse: (value) => journalSchema.parse(value),
    unreadable,
  });
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

function unreadable(path: string, cause: unknown): Error {
  return restoreError('restore_journal_unreadable', {
    message: `${path}, which says how far a restore is, cannot be used: ${messageOf(cause).slice(0, 200)}`,
    hint: `Look at the databases of the server (\`psql -l\`): those named …_restore_…, …_before_… and …_undone_… belong to a restore. When nothing is left to do, move ${path} away.`,
    cause,
  });
}
