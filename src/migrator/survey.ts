import { AppError, type Secret } from '../base/index.ts';
import type { DatabaseName } from '../contract/index.ts';
import { openSession, type Session } from './session.ts';

/** What was read from one database, or why it could not be. */
export type Surveyed<T> = { readonly name: DatabaseName } & (
  | { readonly value: T; readonly error?: never }
  | { readonly error: AppError; readonly value?: never }
);

/** Reads the same from several databases at once; one that cannot be read does not hide the others. */
export async function surveyDatabases<T>(
  names: readonly DatabaseName[],
  urls: Readonly<Record<DatabaseName, Secret>>,
  read: (session: Session) => Promise<T>,
): Promise<Surveyed<T>[]> {
  return await Promise.all(names.map(async (name) => await surveyOne(name, urls[name], read)));
}

async function surveyOne<T>(
  name: DatabaseName,
  url: Secret,
  read: (session: Session) => Promise<T>,
): Promise<Surveyed<T>> {
  try {
    await using session = await openSession(name, url);
    return { name, value: await session.ask(async () => await read(session)) };
  } catch (error) {
    if (error instanceof AppError) return { name, error };
    throw error;
  }
}
