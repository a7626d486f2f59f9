import type { Clock, Secret } from '../../base/index.ts';
import { databaseNames, type DatabaseName, type Manifest } from '../../contract/index.ts';
import type { Definitions } from '../../migrator/index.ts';
import type { readFreeBytes } from '../reload/free-space.ts';
import { roleOf, urlOfDatabase } from '../reload/server.ts';
import type { DatabaseUrls } from '../types.ts';
import { inState, type JournalDatabase, type Journals, type RestoreJournal } from './journal.ts';
import type { Roles } from './rights.ts';
import type { RestoreState } from './states.ts';

/** What every step of a restore works with. */
export interface RestoreContext {
  readonly urls: {
    /** What the migrator connects with: it owns the databases. */
    readonly owner: DatabaseUrls;
    /** What the manager connects with. */
    readonly app: DatabaseUrls;
    /** What backups are taken with. */
    readonly readonly: DatabaseUrls;
  };
  /** BACKUP_DIR. */
  readonly folder: string;
  readonly journals: Journals;
  /** Of this release. */
  readonly manifest: Manifest;
  readonly definitions: Definitions;
  readonly by: string;
  readonly host: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What is being done, one sentence each. */
  readonly report: (line: string) => void;
  /** How long the closed gate is given to be seen; and at most waited for who is busy. */
  readonly settling?: { readonly atLeastMs: number; readonly atMostMs: number };
  /** Free bytes on the disk of a server, or null where nobody can tell; default asks. */
  readonly freeBytes?: typeof readFreeBytes;
  /** Called between any two pieces of work, with what was done or is to come; a test ends the process there. */
  readonly onMoment?: (moment: string) => void;
}

/** A manager refreshes what it knows every two seconds, and at once when it is notified. */
export const defaultSettling = { atLeastMs: 3000, atMostMs: 15_000 };

/** Writes the next state into the journal and gives it; everything that state stands for comes after. */
export async function enter(
  context: RestoreContext,
  journal: RestoreJournal,
  state: RestoreState,
): Promise<RestoreJournal> {
  if (journal.state === state) return journal;
  return await keep(context, inState(journal, state, context.clock));
}

/** Writes the journal. */
export async function keep(context: RestoreContext, journal: RestoreJournal): Promise<RestoreJournal> {
  const kept = { ...journal, host: context.host };
  context.onMoment?.(`before writing ${kept.state}`);
  await context.journals.write(kept);
  context.onMoment?.(`wrote ${kept.state}`);
  return kept;
}

/** The URL of a database beside the live one, as its owner. */
export function sideUrl(
  context: RestoreContext,
  name: DatabaseName,
  journal: RestoreJournal,
  side: keyof Pick<JournalDatabase, 'restored' | 'before' | 'undone' | 'live'>,
): Secret {
  return urlOfDatabase(context.urls.owner[name], journal.databases[name][side]);
}

/** The roles of one database's URLs. */
export function rolesOf({ urls }: RestoreContext, name: DatabaseName): Roles {
  return {
    owner: roleOf(urls.owner[name]),
    app: roleOf(urls.app[name]),
    readonly: roleOf(urls.readonly[name]),
  };
}

/** The names that the product's URLs have. */
export function liveNames(journal: RestoreJournal): string[] {
  return databaseNames.map((name) => journal.databases[name].live);
}
