import { connect, disconnect, type PostgresClient } from '../../../postgres/index.ts';
import { engineError } from '../errors.ts';
import type { DumpEngine, DumpRequest } from '../../types.ts';
import { writeDump } from '../dump-file.ts';
import { noticeLostClient } from '../lost-client.ts';
import { converse, type Conclusion } from './conversation.ts';

const packageName = '@electric-sql/pglite-tools';

/** The PostgreSQL release that the pg_dump in the package is of; a server of a newer major refuses it. */
export const wasmVersion = '18.3';
export const wasmMajor = 18;

/**
 * The real pg_dump compiled to WebAssembly, for a machine without client programs. It writes plain SQL, whole, into
 * memory: about eight times the size of the text while it runs (1.1 GB for 140 MB), hence only for small databases.
 */
export const wasmEngine: DumpEngine = {
  name: 'pg_dump-wasm',
  version: wasmVersion,
  program: packageName,
  format: 'plain',
  compression: 'zstd',
  dump: async (request) => {
    const text = await dumpText(request);
    const source = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < text.byteLength; at += sliceBytes)
        yield await Promise.resolve(Buffer.from(text, at, Math.min(sliceBytes, text.byteLength - at)));
    };
    return await writeDump(request, {
      source: source(),
      fileName: `${request.database}.sql.zst`,
      compress: true,
      onBytes: () => undefined,
    });
  },
};

const sliceBytes = 1 << 20;

async function dumpText(request: DumpRequest): Promise<ArrayBuffer> {
  request.signal.throwIfAborted();
  const client = await connect({
    name: request.database,
    url: request.url,
    applicationName: 'plimsoll backup',
    connectTimeoutMs: 10_000,
  });
  try {
    const conclusion = await converse({
      client,
      words: wordsFor(request),
      parameters: await prepareSession(client),
      onBytes: request.onBytes,
      signal: request.signal,
    });
    if ('text' in conclusion) return leaveOutNewSettings(conclusion.text);
    throw failed(request, conclusion);
  } finally {
    client.connection.stream.destroy();
    await disconnect(client);
  }
}

/**
 * The package removes every line of the text that begins with `\restrict` or `\unrestrict`, even inside a value. With
 * standard_conforming_strings off, and function bodies in quotes in place of dollars, each backslash in a value is written
 * twice, so no line of a value can begin like that; the dump says itself how it is to be read.
 */
const wordsAlways = [
  '--disable-dollar-quoting',
  '--encoding=UTF8',
  '--rows-per-insert=100',
  '--no-owner',
  '--no-password',
  '--lock-wait-timeout=60s',
];

function wordsFor({ snapshot, withoutRows }: DumpRequest): string[] {
  return [...wordsAlways, `--snapshot=${snapshot}`, ...withoutRows.map((table) => `--exclude-table-data=${table}`)];
}

const newSetting = Buffer.from('SET transaction_timeout = 0;\n');
const headBytes = 4096;

/** Servers before 17 do not know this one, and psql stops at it when told to stop at errors. Blanks take its place. */
function leaveOutNewSettings(text: ArrayBuffer): ArrayBuffer {
  const head = Buffer.from(text, 0, Math.min(headBytes, text.byteLength));
  const at = head.indexOf(newSetting);
  if (at !== -1) head.fill(' ', at, at + newSetting.length - 1);
  return text;
}

/** The parameters that a server tells each client when it connects. */
const reported = [
  'server_version',
  'server_encoding',
  'client_encoding',
  'DateStyle',
  'IntervalStyle',
  'TimeZone',
  'integer_datetimes',
  'standard_conforming_strings',
  'is_superuser',
  'session_authorization',
];

async function prepareSession(client: PostgresClient): Promise<Record<string, string>> {
  await noticeLostClient(client);
  await client.query("set standard_conforming_strings = off; set client_encoding = 'UTF8'");
  const { rows } = await client.query<{ name: string; value: string }>(
    'select name, pg_catalog.current_setting(name) as value from pg_catalog.unnest($1::text[]) name',
    [reported],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

function failed({ database }: DumpRequest, conclusion: Exclude<Conclusion, { text: ArrayBuffer }>): Error {
  const details = { database, program: packageName, version: wasmVersion };
  if (conclusion.cause === 'memory')
    return engineError('backup_dump_too_large', {
      message: `${database} database: its dump outgrew the memory of the pg_dump that comes with Plimsoll: ${conclusion.failure}`,
      hint: 'Install the PostgreSQL client programs, for example with `apt-get install postgresql-client`, or set PG_BIN to their folder.',
      details,
    });
  return engineError('backup_dump_failed', {
    message: `${database} database: the pg_dump of ${packageName} failed: ${conclusion.failure.replaceAll(/\s+/g, ' ').trim()}`,
    hint: 'Mend what pg_dump complains about, then run `plimsoll backup take` again.',
    details,
  });
}
