import { describe, expect, it } from 'vitest';
import { readStatements } from './statements.ts';

async function split(text: string, chunkBytes = 1 << 16): Promise<string[]> {
  const bytes = Buffer.from(text);
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkBytes)
      yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
  };
  const found: string[] = [];
  for await (const statement of readStatements(chunks())) found.push(statement.text);
  return found;
}

/** Longer than what is looked at in one go. */
const long = 'x'.repeat(300_000);

describe('cutting a dump into statements', () => {
  it.each([
    ['one a line', 'SET a = 1;\n\nSELECT 2;\n', ['SET a = 1', 'SELECT 2']],
    ['comments between them', '-- Name: a; Type: TABLE\nSELECT 1; -- b;\n/* ; */', ['SELECT 1']],
    ['a semicolon and a quote in a value', "INSERT INTO t VALUES ('a;''b\nc');", ["INSERT INTO t VALUES ('a;''b\nc')"]],
    [
      'backslashes written twice',
      String.raw`INSERT INTO t VALUES ('\\', 'a\\''b;');SELECT 1;`,
      [String.raw`INSERT INTO t VALUES ('\\', 'a\\''b;')`, 'SELECT 1'],
    ],
    [
      'a body of a function',
      "CREATE FUNCTION f() AS 'begin; end;';SELECT 1",
      ["CREATE FUNCTION f() AS 'begin; end;'", 'SELECT 1'],
    ],
    ['nothing', '-- only this\n', []],
  ])('tells apart %s', async (_, text, expected) => {
    expect(await split(text)).toEqual(expected);
    expect(await split(text, 1)).toEqual(expected);
  });

  it('gives the same statements wherever the chunks end, even inside a character', async () => {
    const values = Array.from(
      { length: 3000 },
      (_, n) => `INSERT INTO "tä;ble" VALUES ('${n} 🦀''; -- ${long.slice(0, 400)}')`,
    );
    const text = values.map((value) => `${value};\n-- a; comment\n`).join('');
    for (const chunkBytes of [65_536, 99_991, 1 << 20]) expect(await split(text, chunkBytes)).toEqual(values);
  });

  it('waits for the end of a statement that is longer than everything looked at so far', async () => {
    const text = `SELECT '${long}${long}${long};';SELECT 2;`;
    expect(await split(text, 50_000)).toEqual([`SELECT '${long}${long}${long};'`, 'SELECT 2']);
  });

  it.each([
    ['ends inside a value', "SELECT 'a", 'it ends inside a quoted text'],
    ['holds a command for psql', 'SELECT 1;\n\\connect other\n', 'it holds a command for psql'],
  ])('refuses a text that %s', async (_, text, complaint) => {
    await expect(split(text)).rejects.toThrow(complaint);
  });

  it('refuses what is not UTF-8', async () => {
    const bytes = async function* (): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from([0x53, 0xff]));
    };
    await expect(readStatements(bytes()).next()).rejects.toMatchObject({ code: 'ERR_ENCODING_INVALID_ENCODED_DATA' });
  });
});
