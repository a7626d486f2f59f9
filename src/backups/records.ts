import { randomBytes } from 'node:crypto';
import { AppError, type Log } from '../base/index.ts';
import { bundlePinSchema, verificationSchema, type BundlePin, type Verification } from '../contract/index.ts';
import { mapConcurrently } from './concurrently.ts';
import { isBundleId, ledgerPrefix, pinsPrefix } from './layout.ts';
import { readSmall } from './read-small.ts';
import type { BackupTarget, BundleRecords, StoredObject } from './types.ts';

const recordLimitBytes = 64 * 1024;
const readsAtOnce = 8;

/** Lines of the ledger that were read, by bundle and key. */
export type KnownLines = Map<string, ReadonlyMap<string, Verification>>;

/**
 * The verification ledger and the pins of one target, each line and each pin an object of its own. A damaged one is
 * told to the log and harms no other: a damaged line counts as not there, a damaged pin still pins. A line never changes
 * once it is there: what is in `known`, which may outlive the records, is not read again.
 */
export function openRecords(target: BackupTarget, log: Log, known: KnownLines = new Map()): BundleRecords {
  const lines = new LedgerReader(target, log, known);
  return {
    record: async (verification) => {
      await target.put(ledgerKey(verification), toContent(verificationSchema.parse(verification)));
    },
    verifications: async (id) => {
      const objects = await target.list(`${ledgerPrefix}${requireId(id)}/`);
      return await lines.read(id, objects);
    },
    pin: async (id, pin) => {
      await target.put(pinKey(id), toContent(bundlePinSchema.parse(pin)));
    },
    unpin: async (id) => {
      await target.remove(pinKey(id));
    },
    pins: async () => await readPins(target, log),
  };
}

function ledgerKey({ bundleId, at, method }: Verification): string {
  const stamp = new Date(at).toISOString().replaceAll(/[-:.]/g, '');
  return `${ledgerPrefix}${requireId(bundleId)}/${stamp}-${method}-${randomBytes(4).toString('hex')}.json`;
}

function pinKey(id: string): string {
  return `${pinsPrefix}${requireId(id)}.json`;
}

function requireId(id: string): string {
  if (isBundleId(id)) return id;
  throw new TypeError(`${JSON.stringify(id.slice(0, 100))} is not the id of a bundle`);
}

function toContent(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

class LedgerReader {
  readonly #target: BackupTarget;
  readonly #log: Log;
  readonly #known: KnownLines;

  constructor(target: BackupTarget, log: Log, known: KnownLines) {
    this.#target = target;
    this.#log = log;
    this.#known = known;
  }

  /** Newest first. */
  async read(id: string, objects: readonly StoredObject[]): Promise<Verification[]> {
    const before = this.#known.get(id);
    const lines = await mapConcurrently(objects, readsAtOnce, async (object) => {
      return [object.key, before?.get(object.key) ?? (await this.#readLine(object))] as const;
    });
    const whole = new Map(lines.flatMap(([key, line]) => (line === undefined ? [] : [[key, line] as const])));
    if (whole.size === 0) this.#known.delete(id);
    else this.#known.set(id, whole);
    return [...whole.values()].sort(newestFirst);
  }

  async #readLine(object: StoredObject): Promise<Verification | undefined> {
    const parsed = verificationSchema.safeParse(await readJson(this.#target, object));
    if (parsed.success && object.key.startsWith(`${ledgerPrefix}${parsed.data.bundleId}/`)) return parsed.data;
    const facts = { key: object.key, target: this.#target.name };
    this.#log.warn(facts, 'a line of the verification ledger is damaged and does not count');
    return undefined;
  }
}

async function readPins(target: BackupTarget, log: Log): Promise<ReadonlyMap<string, BundlePin>> {
  const objects = (await target.list(pinsPrefix)).filter((object) => isBundleId(idOf(object)));
  const entries = await mapConcurrently(objects, readsAtOnce, async (object) => {
    return [idOf(object), await readPin(target, object, log)] as const;
  });
  return new Map(entries);
}

function idOf(object: StoredObject): string {
  return object.key.slice(pinsPrefix.length).replace(/\.json$/, '');
}

/** Of a damaged pin it is still known that there is one: what was to be kept is kept. */
async function readPin(target: BackupTarget, object: StoredObject, log: Log): Promise<BundlePin> {
  const parsed = bundlePinSchema.safeParse(await readJson(target, object));
  if (parsed.success) return parsed.data;
  log.warn({ key: object.key, target: target.name }, 'the record of a pin is damaged; its bundle stays pinned');
  return { by: 'unknown', at: object.modifiedAt.toISOString(), note: 'The record of this pin is damaged.' };
}

/** Undefined for what is not JSON, too large, a link or gone meanwhile; throws when the target fails. */
async function readJson(target: BackupTarget, object: StoredObject): Promise<unknown> {
  try {
    const content = object.isRegular ? await readSmall(target, object.key, recordLimitBytes) : undefined;
    return content === undefined ? undefined : JSON.parse(content.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (error instanceof AppError && error.code.startsWith('target_object_')) return undefined;
    throw error;
  }
}

function newestFirst(left: Verification, right: Verification): number {
  return Date.parse(right.at) - Date.parse(left.at);
}

/** Removes the ledger of a bundle that is gone. */
export async function forgetLedger(target: BackupTarget, id: string): Promise<void> {
  for (const { key } of await target.list(`${ledgerPrefix}${requireId(id)}/`)) await target.remove(key);
}
