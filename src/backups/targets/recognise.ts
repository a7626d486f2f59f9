import { z } from 'zod';
import { hasCode, type Clock } from '../../base/index.ts';
import { readSmall } from '../read-small.ts';
import type { BackupTarget } from '../types.ts';
import { targetError } from './errors.ts';

const markKey = 'plimsoll-backups.json';
const markLimitBytes = 16 * 1024;
const markSchema = z.object({ formatVersion: z.literal(1), deploymentId: z.string(), createdAt: z.string() });

export interface Recognition {
  readonly deploymentId: string;
  /** It was used before, as the service remembers: its mark must be there. */
  readonly known: boolean;
  readonly clock: Clock;
}

/**
 * Makes sure that a target is the one it is taken for, and gives it back guarded: from then on it is neither listed nor
 * written without its mark, so that the empty folder below a disk that is not mounted is not taken for a store without
 * bundles. A target that was never used gets its mark. Throws `target_unrecognised`, `target_foreign`, and what the target throws.
 */
export async function recogniseTarget(target: BackupTarget, recognition: Recognition): Promise<BackupTarget> {
  const { deploymentId, known, clock } = recognition;
  if (!known) await target.create();
  const owner = await readOwner(target);
  if (owner === undefined && known) throw unrecognised(target, 'its mark is not there');
  if (owner === undefined) await claim(target, deploymentId, clock);
  else requireOwner(target, owner, deploymentId);
  return guard(target, deploymentId);
}

async function claim(target: BackupTarget, deploymentId: string, clock: Clock): Promise<void> {
  const mark: z.infer<typeof markSchema> = { formatVersion: 1, deploymentId, createdAt: clock.now().toISOString() };
  await target.put(markKey, Buffer.from(`${JSON.stringify(mark, null, 2)}\n`));
}

/** Everything but reading, which fails by itself where the file is not. */
function guard(target: BackupTarget, deploymentId: string): BackupTarget {
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    const owner = await readOwner(target);
    if (owner === undefined) throw unrecognised(target, 'its mark has gone');
    requireOwner(target, owner, deploymentId);
    return await work();
  };
  return {
    name: target.name,
    kind: target.kind,
    location: target.location,
    retention: target.retention,
    create: async () => await target.create(),
    read: async (key, range) => await target.read(key, range),
    list: async (prefix, signal) => await guarded(() => target.list(prefix, signal)),
    put: async (key, content) => await guarded(() => target.put(key, content)),
    remove: async (key) => await guarded(() => target.remove(key)),
    publish: async (folder, id, terms) => await guarded(() => target.publish(folder, id, terms)),
    removeBundle: async (id) => await guarded(() => target.removeBundle(id)),
    sweep: async () => await guarded(() => target.sweep()),
    freeBytes: async () => await guarded(() => target.freeBytes()),
  };
}

/** Undefined where there is no mark. */
async function readOwner(target: BackupTarget): Promise<string | undefined> {
  let text: string | undefined;
  try {
    text = (await readSmall(target, markKey, markLimitBytes))?.toString();
  } catch (error) {
    if (hasCode(error, 'target_object_missing')) return undefined;
    throw error;
  }
  const parsed = markSchema.safeParse(parseJson(text));
  if (!parsed.success) throw unrecognised(target, 'its mark is damaged');
  return parsed.data.deploymentId;
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function requireOwner(target: BackupTarget, owner: string, deploymentId: string): void {
  if (owner === deploymentId) return;
  throw targetError('target_foreign', {
    message: `${target.location} (${target.name}) keeps the bundles of the deployment ${owner}, this is ${deploymentId}`,
    hint: 'Point BACKUP_DIR or BACKUP_S3_URL at a place of this deployment’s own.',
    details: { target: target.name, found: owner, expected: deploymentId },
  });
}

function unrecognised(target: BackupTarget, found: string): Error {
  return targetError('target_unrecognised', {
    message: `${target.location} (${target.name}) is not recognised as the place of the bundles: ${found}`,
    hint: `Mount what belongs there; if it was really replaced by a new, empty one, start the backup service with another BACKUP_DIR, or put ${markKey} back from a copy.`,
    details: { target: target.name, location: target.location },
  });
}
