import { hasCode, messageOf, withDeadline, type AppError, type Clock, type Secret } from '../base/index.ts';
import type {
  DatabaseName,
  DatabaseSectionName,
  DatabaseSections,
  PartError,
  RightsReading,
  ServerReading,
} from '../contract/index.ts';
import {
  classifyPostgresError,
  connect,
  disconnect,
  hostReached,
  targetOf,
  type PostgresClient,
  type RunSql,
} from '../postgres/index.ts';
import { connectionsSection } from './sections/connections.ts';
import { horizonSection } from './sections/horizon.ts';
import { indexesSection } from './sections/indexes.ts';
import { ownApplicationName } from './sections/kinds.ts';
import { locksSection } from './sections/locks.ts';
import { replicationSection } from './sections/replication.ts';
import type { Section } from './sections/section.ts';
import { rightsSection, serverSection } from './sections/server.ts';
import { sessionsSection } from './sections/sessions.ts';
import { countedSection, type Counted } from './sections/size.ts';
import { tablesSection } from './sections/tables.ts';
import { vacuumSection } from './sections/vacuum.ts';
import { workSection } from './sections/work.ts';
import { wraparoundSection } from './sections/wraparound.ts';

type ValueOf<K extends DatabaseSectionName> = NonNullable<DatabaseSections[K]['value']>;

/** What is read; size and cache both come from what is counted. */
export interface SectionValues extends Omit<{ [K in DatabaseSectionName]: ValueOf<K> }, 'size' | 'cache'> {
  readonly counted: Counted;
}

export type SectionKey = keyof SectionValues;

export type SectionOutcome<T> =
  | { readonly value: T; readonly readAt: Date; readonly hidden: string | null }
  | { readonly error: PartError };

/** What one reading came to: the parts it got, and why it got no further. */
export interface Reading {
  readonly error: PartError | null;
  readonly remedy: string;
  readonly sections: { readonly [K in SectionKey]?: SectionOutcome<SectionValues[K]> };
}

/** Where a database is read, and with which roles. */
export interface Address {
  readonly name: DatabaseName;
  /** The role that is meant for it. */
  readonly url: Secret;
  /** The manager's own, for when that role cannot sign in; undefined when it is the same. */
  readonly otherwise: Secret | undefined;
}

export interface ReadingTerms {
  readonly clock: Clock;
  /** How long the whole may take. */
  readonly deadlineMs: number;
  /** How long one statement may take. */
  readonly statementMs: number;
}

type PlainKey = Exclude<SectionKey, 'server' | 'rights'>;

const sections: { readonly [K in PlainKey]: Section<SectionValues[K]> } = {
  counted: countedSection,
  connections: connectionsSection,
  locks: locksSection,
  work: workSection,
  sessions: sessionsSection,
  replication: replicationSection,
  horizon: horizonSection,
  vacuum: vacuumSection,
  wraparound: wraparoundSection,
  indexes: indexesSection,
  tables: tablesSection,
};

/** Reads a database over a connection of its own, part after part, each in a read-only transaction; never throws. */
export async function readDatabase(address: Address, terms: ReadingTerms): Promise<Reading> {
  const found: Record<string, SectionOutcome<unknown>> = {};
  return await read(address, terms, found, async (entry) => {
    const { clock } = terms;
    const keep = async <T>(key: SectionKey, section: Section<T>): Promise<void> => {
      found[key] = await readSection(section, entry, address, terms);
    };
    const server: Section<ServerReading> = {
      read: async (run) => ({
        host: hostReached(entry.client).label,
        ...(await serverSection.read(run)),
        connectMs: entry.connectMs,
        roundTripMs: await measureRoundTrip(entry.client),
      }),
    };
    const rights: Section<RightsReading> = {
      read: async (run) => ({ ...(await rightsSection.read(run)), instead: entry.instead }),
    };
    await keep('server', server);
    await keep('rights', rights);
    for (const [key, section] of Object.entries(sections)) await keep(key as PlainKey, section as Section<unknown>);
    return clock.now();
  });
}

/** Reads nothing but what growth is told from. */
export async function countDatabase(address: Address, terms: ReadingTerms): Promise<Reading> {
  const found: Record<string, SectionOutcome<unknown>> = {};
  return await read(address, terms, found, async (entry) => {
    found['counted'] = await readSection(countedSection, entry, address, terms);
  });
}

interface Entry {
  readonly client: PostgresClient;
  readonly connectMs: number;
  readonly instead: string | null;
}

async function read(
  address: Address,
  terms: ReadingTerms,
  found: Record<string, SectionOutcome<unknown>>,
  work: (entry: Entry) => Promise<unknown>,
): Promise<Reading> {
  try {
    await withDeadline(terms.deadlineMs, async (signal) => {
      const entry = await enter(address, terms);
      const hangUp = (): void => void entry.client.connection.stream.destroy();
      signal.addEventListener('abort', hangUp, { once: true });
      try {
        signal.throwIfAborted();
        await work(entry);
      } finally {
        signal.removeEventListener('abort', hangUp);
        void disconnect(entry.client);
      }
    });
    return { error: null, remedy: '', sections: found };
  } catch (error) {
    const { code, message, hint } = classifyPostgresError(error, targetOf(address));
    return { error: { code, message }, remedy: hint, sections: found };
  }
}

/** Signs in with the role that is meant for it; on a deployment that has none yet, with the manager's own. */
async function enter(address: Address, { deadlineMs }: ReadingTerms): Promise<Entry> {
  const enterWith = async (url: Secret, instead: string | null): Promise<Entry> => {
    const begin = performance.now();
    const { name } = address;
    const client = await connect({ name, url, applicationName: ownApplicationName, connectTimeoutMs: deadlineMs });
    return { client, connectMs: performance.now() - begin, instead };
  };
  try {
    return await enterWith(address.url, null);
  } catch (error) {
    if (address.otherwise === undefined || !hasCode(error, 'database_auth_failed')) throw error;
    return await enterWith(address.otherwise, messageOf(error));
  }
}

async function measureRoundTrip(client: PostgresClient): Promise<number> {
  const begin = performance.now();
  await client.query('select');
  return performance.now() - begin;
}

/** One part, which may fail by itself; only a connection that is gone ends them all. */
async function readSection<T>(
  section: Section<T>,
  { client }: Entry,
  address: Address,
  { clock, statementMs }: ReadingTerms,
): Promise<SectionOutcome<T>> {
  const run: RunSql = async <Row>(text: string, values: readonly unknown[] = []) =>
    (await client.query(text, [...values])).rows as Row[];
  try {
    await client.query(
      `begin transaction read only; set local statement_timeout = ${statementMs}; set local lock_timeout = ${Math.min(statementMs, 200)}`,
    );
    const value = await section.read(run);
    await client.query('commit');
    return { value, readAt: clock.now(), hidden: section.hidden?.(value) ?? null };
  } catch (error) {
    const reason: AppError = classifyPostgresError(error, targetOf(address));
    if (reason.code === 'database_connection_lost') throw error;
    await client.query('rollback');
    return { error: { code: reason.code, message: reason.message } };
  }
}
