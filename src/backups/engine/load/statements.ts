import { scanSql, type SqlStatement } from '../../../migrator/index.ts';

/** A statement of a dump, without its semicolon. */
export interface DumpStatement {
  readonly text: string;
  readonly lead: readonly string[];
}

/** Where a dump in plain SQL is not what we write. */
export class NotReplayable extends Error {
  override readonly name = 'NotReplayable';
}

const firstLook = 1 << 18;

/**
 * Cuts plain SQL into statements while it arrives; no more is held than the longest statement and what came with it. Whoever
 * writes a quote as two, as pg_dump does, is understood whatever `standard_conforming_strings` says.
 */
export async function* readStatements(chunks: AsyncIterable<Buffer>): AsyncGenerator<DumpStatement> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pending = '';
  let lookAt = firstLook;
  for await (const chunk of chunks) {
    pending += decoder.decode(chunk, { stream: true });
    if (pending.length < lookAt) continue;
    const { statements } = scanSql(pending);
    // The last one may go on in the next chunk.
    const whole = statements.slice(0, -1);
    yield* whole.map((statement) => take(pending, statement));
    pending = pending.slice(statements.at(-1)?.start ?? 0);
    // Twice as far when a statement is long, so that it is not read again from its start with each chunk.
    lookAt = Math.max(firstLook, pending.length * 2);
  }
  pending += decoder.decode();
  const { statements, unterminated, metaCommandAt } = scanSql(pending);
  if (unterminated !== undefined) throw new NotReplayable(`it ends inside ${unterminated}`);
  if (metaCommandAt !== -1) throw new NotReplayable('it holds a command for psql');
  yield* statements.map((statement) => take(pending, statement));
}

function take(text: string, { start, end, lead }: SqlStatement): DumpStatement {
  return { text: text.slice(start, end), lead };
}
