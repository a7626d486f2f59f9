import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders, systemCodeOf, writeDurably, type Clock } from '../../base/index.ts';
import { backupRunSchema, type BackupRun } from '../../contract/index.ts';
import { backupServiceError } from './errors.ts';

/** The runs on disk, one small file each: what was going on outlives the process that did it. */
export interface RunLedger {
  /** Newest first; files that are no runs are passed over. */
  load(): Promise<BackupRun[]>;
  /** Writes a run, whole or not at all. */
  save(run: BackupRun): Promise<void>;
}

const kept = 200;
const nameOf = (id: string): string => `${id}.json`;

/** Keeps runs in a folder, the newest 200 of them. */
export function openRunLedger(folder: string): RunLedger {
  return {
    load: async () => {
      const names = await namesIn(folder);
      const runs = await Promise.all(names.slice(0, kept).map(async (name) => await readRun(join(folder, name))));
      return runs.filter((run) => run !== undefined);
    },
    save: async (run) => {
      await makeFolders(folder, 0o700);
      await writeDurably(join(folder, nameOf(run.id)), `${JSON.stringify(run)}\n`);
      const old = (await namesIn(folder)).slice(kept);
      await Promise.all(old.map(async (name) => await rm(join(folder, name), { force: true })));
    },
  };
}

/** Names a run by when it began, so that names sort as the runs did. */
export function makeRunId(now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:.]/g, '');
  return `${stamp}-${randomBytes(4).toString('hex')}`;
}

/**
 * Says in the ledger that those still `running` were interrupted, and gives them. Only for whoever holds the lock of the
 * folder: without it another process may be at work on them.
 */
export async function settleInterrupted(ledger: RunLedger, clock: Clock): Promise<BackupRun[]> {
  const open = (await ledger.load()).filter(({ state }) => state === 'running');
  const settled = open.map((run) => interrupted(run, clock.now()));
  for (const run of settled) await ledger.save(run);
  return settled;
}

/** The run as one that its process left behind. */
export function interrupted(run: BackupRun, now: Date): BackupRun {
  const { code, message, hint } = backupServiceError('backup_run_interrupted', {
    message: `the backup service ended while this was at: ${run.phase}`,
    hint: 'Nothing half-written was kept; begin it again when it is wanted.',
  });
  return { ...run, state: 'interrupted', finishedAt: now.toISOString(), error: { code, message, hint } };
}

/** Newest first. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => /^\d{8}T\d{9}Z-[0-9a-f]{8}\.json$/.test(name))
    .sort((left, right) => (left < right ? 1 : -1));
}

async function readRun(path: string): Promise<BackupRun | undefined> {
  try {
    return backupRunSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
