import { basename, dirname } from 'node:path';
import type { BundleList } from '../contract/index.ts';
import { AppError } from '../base/index.ts';
import { bundlePrefix, bundlesPrefix } from './layout.ts';
import type { HomePlace, KeptTarget, Place } from './places.ts';
import { listEntries } from './service/entries.ts';
import type { Shelf } from './service/catalogue.ts';
import { shelfSource } from './service/shelf-source.ts';
import { DirectoryTarget } from './targets/index.ts';
import type { BackupTarget, BundleRecords } from './types.ts';

/** Lists the bundles of all places without the service. Throws what the home fails with; another place may be unreadable. */
export async function listDirectly({
  home,
  others,
}: {
  home: HomePlace;
  others: readonly Place[];
}): Promise<BundleList> {
  const signal = new AbortController().signal;
  const read = async (place: Place): Promise<Shelf> => {
    const { target } = place;
    try {
      return { target, reading: await shelfSource(place).read(signal), error: null };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { target, reading: undefined, error: { code: error.code, message: error.message } };
    }
  };
  const atHome: Shelf = { target: home.target, reading: await shelfSource(home).read(signal), error: null };
  return listEntries([atHome, ...(await Promise.all(others.map(read)))]);
}

/** A bundle that lies in a folder by itself, unpacked from a download perhaps, as a place that keeps no records. */
export function placeOfFolder(folder: string): { readonly places: readonly Place[]; readonly id: string } {
  const id = basename(folder);
  const target = new LooseFolder(folder);
  const kept: KeptTarget = { target, records: noRecords };
  const keep = async (): Promise<KeptTarget> => await Promise.resolve(kept);
  return { id, places: [{ target, forReading: keep, forWriting: keep }] };
}

const noRecords: BundleRecords = {
  record: async () => await Promise.resolve(),
  verifications: async () => await Promise.resolve([]),
  pin: async () => await Promise.resolve(),
  unpin: async () => await Promise.resolve(),
  pins: async () => await Promise.resolve(new Map()),
};

/** Shows one folder as if it lay under `bundles/`; nothing is written into it. */
class LooseFolder extends DirectoryTarget {
  readonly #prefix: string;

  constructor(folder: string) {
    super({ name: folder, root: dirname(folder), retention: { last: 1, daily: 0, weekly: 0, monthly: 0 } });
    this.#prefix = bundlePrefix(basename(folder));
  }

  override async list(prefix: string, signal?: AbortSignal) {
    if (!prefix.startsWith(this.#prefix)) return [];
    const found = await super.list(prefix.slice(bundlesPrefix.length), signal);
    return found.map((object) => Object.assign({}, object, { key: `${bundlesPrefix}${object.key}` }));
  }

  override async read(...[key, range]: Parameters<BackupTarget['read']>) {
    return await super.read(key.slice(bundlesPrefix.length), range);
  }
}
