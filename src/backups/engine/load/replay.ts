import { messageOf } from '../../../base/index.ts';
import type { LoadRequest } from '../../types.ts';
import type { Session } from '../snapshots/session.ts';
import { NotReplayable, readStatements, type DumpStatement } from './statements.ts';
import { loadFailed, unpackDump } from './unpack.ts';

/** Statements travel together up to this many characters, which saves a round trip and a commit each. */
const batchLength = 1 << 20;

/** Runs a dump in plain SQL, as our own engine writes it: no psql is needed. */
export async function replayPlain(request: LoadRequest, session: Session): Promise<void> {
  const known = await readSettingNames(session);
  await unpackDump(request, async (content) => {
    let batch: string[] = [];
    let length = 0;
    const flush = async (): Promise<void> => {
      if (batch.length > 0) await run(request, session, batch.join(';\n'));
      batch = [];
      length = 0;
    };
    try {
      for await (const statement of readStatements(content)) {
        if (isLeftOut(statement, request.privileges, known)) continue;
        batch.push(statement.text);
        length += statement.text.length;
        // A batch is read as a whole before its first statement runs: what changes the reading must be through by then.
        if (length >= batchLength || statement.lead[0] === 'set') await flush();
      }
      await flush();
    } catch (error) {
      throw error instanceof NotReplayable ? loadFailed(request, error.message) : error;
    }
  });
}

async function readSettingNames(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.query<{ name: string }>('select lower(name) as name from pg_catalog.pg_settings');
  return new Set(rows.map(({ name }) => name));
}

/** Privileges when they are not wanted, and settings that the server, older than the pg_dump, has never heard of. */
function isLeftOut(
  { lead }: DumpStatement,
  privileges: LoadRequest['privileges'],
  known: ReadonlySet<string>,
): boolean {
  const [first = '', second = '', third = ''] = lead;
  if (first === 'copy') throw new NotReplayable('it holds COPY, where our engine writes INSERT');
  if (first === 'set') return third === '=' && !known.has(second);
  if (privileges === 'keep') return false;
  return (
    first === 'grant' || first === 'revoke' || (first === 'alter' && second === 'default' && third === 'privileges')
  );
}

async function run(request: LoadRequest, session: Session, batch: string): Promise<void> {
  try {
    await session.query(batch);
  } catch (error) {
    throw loadFailed(request, messageOf(error), error);
  }
}
