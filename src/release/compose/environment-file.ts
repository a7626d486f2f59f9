import { readFile, stat } from 'node:fs/promises';
import { systemCodeOf, writeDurably } from '../../base/index.ts';

/** A `.env` with one variable set: in its line, wherever that stands, or in a new one at the end; pure. */
export function withVariable(text: string, name: string, value: string): string {
  const lines = text.split('\n');
  const isOurs = (line: string): boolean => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(line);
  const kept = lines.filter((line, index) => !isOurs(line) || index === lines.findLastIndex(isOurs));
  const set = kept.map((line) => (isOurs(line) ? `${name}=${value}` : line));
  if (kept.some(isOurs)) return set.join('\n');
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${name}=${value}\n`;
}

/** Sets one variable of a `.env`, which is made where there is none; on the disk when it resolves. */
export async function setVariable(path: string, name: string, value: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return '';
    throw error;
  });
  const after = withVariable(before, name, value);
  if (after === before) return;
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  );
  await writeDurably(path, after, mode);
}
