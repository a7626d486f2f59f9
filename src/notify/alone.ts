import type { Clock } from '../base/index.ts';
import type { Database } from '../postgres/index.ts';
import type { Dispatch } from './dispatch.ts';
import type { Speech } from './plan.ts';
import { writeMessage, writeSaid } from './store.ts';
import type { ChannelName, Said } from './types.ts';
import type { Kept, Waiting, WaitingFile } from './waiting-file.ts';

/** A file is written again at least this often while messages wait, so that nobody takes it for abandoned. */
const refreshMs = 60_000;

type Way = Waiting['ways'][number];

interface AloneOptions {
  readonly file: WaitingFile;
  readonly clock: Clock;
  readonly names: readonly ChannelName[];
  readonly dispatch: Dispatch;
}

/** What a manager knows and says by itself while the config database is away. All of it is on the disk before it is said. */
export function createAlone({ file, clock, names, dispatch }: AloneOptions) {
  let said: readonly Said[] = [];
  let waiting: Waiting[] = [];
  let keptAt = 0;

  const keep = async (): Promise<void> => {
    keptAt = clock.now().getTime();
    await file.keep({ said: [...said], waiting });
  };
  return {
    said: () => said,
    recall: async (): Promise<void> => {
      said = newest(await file.recall());
    },
    /** Takes in what the database says was said; on the disk too, for a start without it. */
    know: async (shared: readonly Said[]): Promise<void> => {
      const before = JSON.stringify(said);
      said = newest(shared);
      if (JSON.stringify(said) !== before) await keep();
    },
    /** Writes into the database what was said without it, by this manager and by those that are gone. */
    bringHome: async (config: Database): Promise<void> => {
      if (waiting.length > 0) {
        await bring(config, { said: [...said], waiting });
        waiting = [];
        await keep();
      }
      for (const { kept, remove } of await file.readAbandoned()) {
        if (kept.waiting.length > 0) await bring(config, kept);
        await remove();
      }
    },
    say: async ({ messages, said: now }: Speech): Promise<void> => {
      if (now.length === 0) return;
      const at = clock.now().toISOString();
      const ways = names.map((channel) => ({ channel, attempts: 0, nextTryAt: at, deliveredAt: null, givenUp: false }));
      waiting.push(...messages.map((message) => ({ message, ways })));
      said = newest([...said, ...now]);
      await keep();
    },
    /** Delivers what is due; gives how many messages still wait on each way. */
    deliver: async (): Promise<Record<string, number>> => {
      const now = clock.now();
      const before = waiting;
      waiting = await Promise.all(before.map(async (one) => await attempt(one, { dispatch, clock })));
      const changed = waiting.some((one, index) => one !== before[index]);
      if (changed || (waiting.length > 0 && now.getTime() - keptAt >= refreshMs)) await keep();
      const open = waiting.flatMap(({ ways }) => ways.filter(isOpen));
      return Object.fromEntries(names.map((name) => [name, open.filter(({ channel }) => channel === name).length]));
    },
  };
}

/** Tries every way of a message that is due; the very same object when none is. */
async function attempt(one: Waiting, { dispatch, clock }: Pick<AloneOptions, 'dispatch' | 'clock'>): Promise<Waiting> {
  const now = clock.now();
  const isDue = (way: Way): boolean => isOpen(way) && Date.parse(way.nextTryAt) <= now.getTime();
  if (!one.ways.some(isDue)) return one;
  const ways = await Promise.all(
    one.ways.map(async (way) => {
      if (!isDue(way)) return way;
      const { delivery, retryInSeconds } = await dispatch.send({ message: one.message, ...way });
      const attempts = way.attempts + 1;
      if (delivery.kind === 'delivered') return { ...way, attempts, deliveredAt: clock.now().toISOString() };
      if (retryInSeconds === null) return { ...way, attempts, givenUp: true };
      return { ...way, attempts, nextTryAt: new Date(now.getTime() + retryInSeconds * 1000).toISOString() };
    }),
  );
  return { ...one, ways };
}

/** Writes into the database what was said without it. */
async function bring(config: Database, content: Pick<Kept, 'said' | 'waiting'>): Promise<void> {
  await config.transaction(async (transaction) => {
    for (const { message, ways } of content.waiting)
      await writeMessage(transaction, message, ways.filter(isOpenOrSent));
    await writeSaid(transaction, content.said);
  });
}

function isOpenOrSent({ givenUp }: Way): boolean {
  return !givenUp;
}

function isOpen({ deliveredAt, givenUp }: Way): boolean {
  return deliveredAt === null && !givenUp;
}

/** Of each subject what was said last. */
function newest(said: readonly Said[]): Said[] {
  const latest = new Map<string, Said>();
  for (const one of said) {
    const known = latest.get(one.key);
    if (known === undefined || known.announcedAt <= one.announcedAt) latest.set(one.key, one);
  }
  return [...latest.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
}
