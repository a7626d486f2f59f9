import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from './durable-file.ts';
import { makeFolders } from './folders.ts';
import { systemCodeOf } from './system-error.ts';

/** How far each of many works has come, a JSON file each; they are never removed. */
export interface JournalFolder<Journal> {
  readonly folder: string;
  /** Newest first. Throws what `unreadable` makes of the reason. */
  list(): Promise<Journal[]>;
  /** On the disk when it resolves. */
  write(journal: Journal): Promise<void>;
}

interface JournalTerms<Journal> {
  /** Made when the first journal is written. */
  readonly folder: string;
  /** Of the ids, which sort as time goes. Other files are passed over. */
  readonly idPattern: RegExp;
  /** Throws when it is no journal. */
  readonly parse: (value: unknown) => Journal;
  readonly unreadable: (path: string, cause: unknown) => Error;
}

/** Opens the journals in a folder, each under its id. */
export function openJournalFolder<Journal extends { readonly id: string }>(
  terms: JournalTerms<Journal>,
): JournalFolder<Journal> {
  const { folder, idPattern, parse, unreadable } = terms;
  const read = async (id: string): Promise<Journal> => {
    const path = join(folder, `${id}.json`);
    try {
      return parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (error) {
      throw unreadable(path, error);
    }
  };
  const ids = async (): Promise<string[]> => {
    const names = await readdir(folder).catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return [];
      throw unreadable(folder, error);
    });
    return names.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : []));
  };
  return {
    folder,
    list: async () => {
      const journals = (await ids()).filter((id) => idPattern.test(id)).sort();
      return await Promise.all(journals.toReversed().map(read));
    },
    write: async (journal) => {
      await makeFolders(folder, 0o700);
      await writeDurably(join(folder, `${journal.id}.json`), `${JSON.stringify(parse(journal), null, 2)}\n`);
    },
  };
}
