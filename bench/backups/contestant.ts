import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { median } from '../measure.ts';

/** A way to back three databases up and to bring them back. */
export interface Contestant {
  readonly name: string;
  /** Writes everything below the folder, which is empty. */
  readonly backup: (folder: string) => Promise<void>;
  /** Brings back what is below the folder, into new databases or files; undefined if there is no way of its own. */
  readonly restore?: (folder: string) => Promise<void>;
}

export interface Figures {
  readonly name: string;
  readonly seconds: number;
  /** Of all cores together, the servers' share included. */
  readonly cpuSeconds: number;
  readonly bytes: number;
  readonly restoreSeconds: number | undefined;
}

/** Measures the contestants in turns, so that whatever else the machine does falls on all of them; medians. */
export async function compete(contestants: readonly Contestant[], under: string, rounds: number): Promise<Figures[]> {
  const taken = new Map<string, Figures[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const contestant of contestants) taken.get(contestant.name)?.push(await measureOnce(contestant, under));
  return Array.from(taken, ([name, figures]) => middle(name, figures));
}

async function measureOnce({ name, backup, restore }: Contestant, under: string): Promise<Figures> {
  const folder = join(under, 'backup');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o777 });
  const cpuBefore = busySeconds();
  const seconds = await secondsOf(async () => await backup(folder));
  const cpuSeconds = busySeconds() - cpuBefore;
  const bytes = await bytesBelow(folder);
  const restoreSeconds = restore === undefined ? undefined : await secondsOf(async () => await restore(folder));
  return { name, seconds, cpuSeconds, bytes, restoreSeconds };
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function busySeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.sys + times.nice, 0) / 1000;
}

async function bytesBelow(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = files.filter((file) => file.isFile()).map(async (file) => await stat(join(file.parentPath, file.name)));
  return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
}

function middle(name: string, figures: readonly Figures[]): Figures {
  const of = (pick: (figures: Figures) => number | undefined): number =>
    median(figures.map((each) => pick(each) ?? Number.NaN));
  const restored = figures.some(({ restoreSeconds }) => restoreSeconds !== undefined);
  return {
    name,
    seconds: of(({ seconds }) => seconds),
    cpuSeconds: of(({ cpuSeconds }) => cpuSeconds),
    bytes: of(({ bytes }) => bytes),
    restoreSeconds: restored ? of(({ restoreSeconds }) => restoreSeconds) : undefined,
  };
}
