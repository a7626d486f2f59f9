import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Log } from '../../base/index.ts';
import type { ScheduleRule } from './schedule.ts';

const memorySchema = z.record(z.string(), z.object({ cron: z.string(), zone: z.string(), since: z.iso.datetime() }));

/**
 * Since when a rule has been in force, remembered in a file: what was due before that nobody missed. A rule that was
 * changed is a new one.
 */
export async function readSince(
  path: string,
  kind: string,
  { rule, now, log }: { readonly rule: ScheduleRule | undefined; readonly now: Date; readonly log: Log },
): Promise<Date> {
  if (rule === undefined) return now;
  const memory = await readMemory(path);
  const known = memory[kind];
  if (
    known !== undefined &&
    known.cron === rule.cron &&
    known.zone === rule.zone &&
    Date.parse(known.since) <= now.getTime()
  )
    return new Date(known.since);
  const changed = { ...memory, [kind]: { cron: rule.cron, zone: rule.zone, since: now.toISOString() } };
  await writeMemory(path, changed).catch((error: unknown) => {
    log.warn({ path, err: error }, 'it could not be written down since when the schedule is in force');
  });
  return now;
}

async function readMemory(path: string): Promise<z.output<typeof memorySchema>> {
  try {
    return memorySchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return {};
  }
}

async function writeMemory(path: string, memory: z.output<typeof memorySchema>): Promise<void> {
  const beside = `${path}.tmp`;
  await writeFile(beside, `${JSON.stringify(memory, null, 2)}\n`, { mode: 0o600 });
  await rename(beside, path);
}
