import { lstat, rename, type FileHandle } from 'node:fs/promises';
import { openToAppend, readIfThere } from './files.ts';

const limitBytes = 10_000_000;

/** Opens a log to append to; one that has grown big is kept as `NAME.1`, so that years of starts do not fill the disk. */
export async function openLogFile(path: string): Promise<FileHandle> {
  const size = await lstat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > limitBytes) await rename(path, `${path}.1`);
  return await openToAppend(path);
}

/** The end of a log, for an error that has to say why. */
export async function lastLines(logFile: string, count = 15): Promise<string[]> {
  const text = (await readIfThere(logFile).catch(() => undefined)) ?? '';
  return text.trimEnd().split('\n').slice(-count);
}

/** The line on which a program of the product that gave up says why; it opens with its name, and a stack trace may follow. */
export async function lastWords(logFile: string): Promise<string> {
  const lines = await lastLines(logFile);
  return lines.findLast((line) => line.startsWith('plimsoll: ')) ?? lines.at(-1) ?? '';
}
