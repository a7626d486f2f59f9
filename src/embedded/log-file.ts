import { open, readFile, rename, stat, type FileHandle } from 'node:fs/promises';

const limitBytes = 10_000_000;

/** Opens a log to append to; one that has grown big is kept as `NAME.1`, so that years of starts do not fill the disk. */
export async function openLogFile(path: string): Promise<FileHandle> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > limitBytes) await rename(path, `${path}.1`);
  return await open(path, 'a', 0o600);
}

/** The end of a log, for an error that has to say why. */
export async function lastLines(logFile: string, count = 15): Promise<string[]> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count);
}
