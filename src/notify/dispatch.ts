import type { Clock, Log } from '../base/index.ts';
import { retryAfter } from './retry.ts';
import type { Channel, ChannelName, Delivery, Message } from './types.ts';

export interface Sending {
  readonly message: Message;
  readonly channel: ChannelName;
  readonly attempts: number;
}

/** How an attempt ended, and after how many seconds there is another; null: none. */
export interface Sent {
  readonly delivery: Delivery;
  readonly retryInSeconds: number | null;
}

/** When a message was last delivered by each way, by this process. */
export type LastDelivered = readonly { readonly channel: ChannelName; readonly at: Date }[];

/** Told of every attempt. */
export type AttemptListener = (channel: ChannelName, outcome: Delivery['kind']) => void;

/** Sends, logs and counts. */
export interface Dispatch {
  send(sending: Sending): Promise<Sent>;
  readonly onAttempt: (listener: AttemptListener) => void;
  lastDelivered(): LastDelivered;
}

/** Opens the ways out. */
export function createDispatch(options: {
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}): Dispatch {
  const listeners: AttemptListener[] = [];
  const last = new Map<ChannelName, Date>();
  const count: AttemptListener = (channel, outcome) => {
    if (outcome === 'delivered') last.set(channel, options.clock.now());
    for (const listener of listeners) listener(channel, outcome);
  };
  return {
    send: async ({ message, channel, attempts }) => {
      const way = options.channels.find(({ name }) => name === channel);
      const delivery: Delivery = (await way?.send(message)) ?? { kind: 'refused', reason: 'no longer configured' };
      count(channel, delivery.kind);
      const retryInSeconds = retryAfter(delivery, attempts, options.random);
      logSent(options.log, { message, channel, attempts }, { delivery, retryInSeconds });
      return { delivery, retryInSeconds };
    },
    onAttempt: (listener) => void listeners.push(listener),
    lastDelivered: () => [...last].map(([channel, at]) => ({ channel, at })),
  };
}

function logSent(log: Log, { message, channel, attempts }: Sending, { delivery, retryInSeconds }: Sent): void {
  const facts = { channel, message: message.id, subject: message.subject, attempt: attempts + 1 };
  if (delivery.kind === 'delivered') log.info(facts, `notified: ${message.headline}`);
  else if (retryInSeconds === null)
    log.error({ ...facts, reason: delivery.reason }, 'a notification could not be delivered, and is given up');
  else
    log.warn(
      { ...facts, reason: delivery.reason, retryInSeconds: Math.round(retryInSeconds) },
      'a notification could not be delivered yet',
    );
}
