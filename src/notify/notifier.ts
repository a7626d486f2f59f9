import { randomUUID } from 'node:crypto';
import {
  messageOf,
  withDeadline,
  type Clock,
  type Log,
  type Service,
  createLoop,
  systemSchedule,
  type Schedule,
} from '../base/index.ts';
import type { Database } from '../postgres/index.ts';
import { isComplete, type PostureSource } from '../posture/index.ts';
import { createAlone } from './alone.ts';
import { createDispatch, type AttemptListener, type Dispatch, type LastDelivered } from './dispatch.ts';
import { planSpeech } from './plan.ts';
import {
  claimVoice,
  countWaiting,
  giveUpVoice,
  prune,
  readDue,
  readSaid,
  settle,
  writeMessage,
  writeSaid,
} from './store.ts';
import { listSubjects } from './subjects.ts';
import { hold, type Holding } from './turns.ts';
import type { Channel, Said } from './types.ts';
import { openWaitingFile } from './waiting-file.ts';

const tickMs = 2000;
const deadlineMs = 5000;
const pruneMs = 3_600_000;
const atOnce = 4;

export interface NotifierOptions {
  readonly posture: Pick<PostureSource, 'current'>;
  readonly config: Database;
  /** Empty: nobody is told, and nothing is written. */
  readonly channels: readonly Channel[];
  /** Where messages wait while config cannot be reached. */
  readonly dataDir: string;
  readonly host: string;
  /** Lasting trouble is told of again after this long; 0 never. */
  readonly reminderMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
  readonly schedule?: Schedule;
}

/** How the notifications fare, from memory. */
export interface NotifyFigures {
  readonly lastDelivered: LastDelivered;
  /** By channel; undefined for a manager that is not the one that speaks. */
  readonly waiting: Readonly<Record<string, number>> | undefined;
}

/** Tells people, off the path of any request. */
export interface Notifier extends Service {
  /** Looks at the posture, and says and delivers what is due; never throws. */
  tick(): Promise<void>;
  figures(): NotifyFigures;
  readonly onAttempt: (listener: AttemptListener) => void;
}

/** Makes the notifier; without a channel it does nothing at all. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { channels, clock, log, random = Math.random } = options;
  const dispatch = createDispatch({ channels, clock, log, random });
  const work = createWork(options, dispatch);
  const loop = createLoop({
    work: async () =>
      await work.round().catch((error: unknown) => log.error({ err: error }, 'nobody could be notified')),
    pauseMs: () => tickMs,
    gapMs: tickMs,
    clock,
    schedule: options.schedule ?? systemSchedule,
  });
  return {
    tick: async () => await loop.run(),
    figures: () => ({ lastDelivered: dispatch.lastDelivered(), waiting: work.waiting() }),
    onAttempt: dispatch.onAttempt,
    start: async () => {
      if (channels.length === 0) return;
      await work.recall();
      loop.start();
    },
    stop: async () => {
      await loop.stop();
      if (channels.length > 0) await work.leave();
    },
  };
}

function createWork(options: NotifierOptions, dispatch: Dispatch) {
  const { posture, config, channels, clock, log, host, reminderMs } = options;
  const id = randomUUID();
  const names = channels.map(({ name }) => name);
  const file = openWaitingFile({ ...options, id });
  const alone = createAlone({ file, clock, names, dispatch });
  let holding: Holding = new Map();
  let isShared = true;
  let prunedAt = 0;
  let waiting: Readonly<Record<string, number>> | undefined;

  const speech = (said: readonly Said[]) =>
    planSpeech(said, holding, { posture: posture.current().posture, host, now: clock.now(), reminderMs });

  /** Says what is due, if this manager is the one that speaks. */
  const speakShared = async (): Promise<boolean> => {
    await alone.bringHome(config);
    const speaks = await claimVoice(config, id);
    const said = await readSaid(config);
    await alone.know(said);
    if (!speaks) return false;
    const { messages, said: now } = speech(said);
    if (now.length > 0)
      await config.transaction(async (transaction) => {
        const ways = names.map((channel) => ({ channel, deliveredAt: null }));
        for (const message of messages) await writeMessage(transaction, message, ways);
        await writeSaid(transaction, now);
      });
    return true;
  };
  /** Not within the deadline of the database: a receiver may be slow. */
  const deliverShared = async (): Promise<void> => {
    const due = await readDue(config, names, atOnce);
    await Promise.all(due.map(async (one) => await settle(config, one, await dispatch.send(one))));
    waiting = await countWaiting(config, names);
    if (clock.now().getTime() - prunedAt < pruneMs) return;
    prunedAt = clock.now().getTime();
    await prune(config);
  };
  const goAlone = async (error: unknown): Promise<void> => {
    if (isShared)
      log.warn({ reason: messageOf(error) }, 'the config database is away: this manager notifies on its own');
    isShared = false;
    await alone.say(speech(alone.said()));
    waiting = await alone.deliver();
  };
  return {
    waiting: () => waiting,
    recall: async () => await alone.recall(),
    round: async () => {
      const current = posture.current().posture;
      if (!isComplete(current)) return;
      holding = hold(holding, listSubjects(current), clock.now());
      try {
        const speaks = await withDeadline(deadlineMs, speakShared);
        isShared = true;
        waiting = undefined;
        if (speaks) await deliverShared();
      } catch (error) {
        await goAlone(error);
      }
    },
    leave: async () => {
      await withDeadline(deadlineMs, async () => await giveUpVoice(config, id)).catch(() => undefined);
    },
  };
}
