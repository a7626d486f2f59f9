import { messageOf, type Clock, type Secret } from '../../base/index.ts';
import type { Channel, Delivery, Message } from '../types.ts';
import { signatureHeaders } from './signature.ts';

/** The specification asks for 15 to 30 s. */
const timeoutMs = 15_000;

export interface WebhookOptions {
  /** Whole, as it may carry a token of the receiver. */
  readonly url: Secret;
  readonly secret: Secret;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/** Posts each message to one address and nowhere else: a redirect is an answer like any other that is no success. */
export function createWebhook(options: WebhookOptions): Channel {
  const { host } = new URL(options.url.reveal());
  return {
    name: 'webhook',
    destination: host,
    send: async (message) => {
      try {
        return await post(options, message);
      } catch (error) {
        return { kind: 'failed', reason: reasonOf(error) };
      }
    },
  };
}

async function post({ url, secret, clock, ...options }: WebhookOptions, message: Message): Promise<Delivery> {
  const { id, type, at, ...data } = message;
  const body = JSON.stringify({ type, timestamp: at, data: { id, ...data } });
  const response = await fetch(url.reveal(), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': `plimsoll/${message.deployment.appVersion}`,
      ...signatureHeaders({ id, body }, secret, clock.now()),
    },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(options.timeoutMs ?? timeoutMs),
  });
  await response.body?.cancel();
  if (response.ok) return { kind: 'delivered' };
  const reason = `the receiver answered ${response.status}`;
  // 410: it wants no messages any more.
  if (response.status === 410) return { kind: 'refused', reason };
  const redirected = response.status >= 300 && response.status < 400;
  return { kind: 'failed', reason: redirected ? `${reason}, a redirect, which is not followed` : reason };
}

/** fetch keeps the reason in the cause. None of it holds the address. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'the receiver did not answer in time';
  const cause = error instanceof Error && error.cause instanceof AggregateError ? error.cause.errors[0] : undefined;
  return messageOf(cause ?? (error instanceof Error && error.cause !== undefined ? error.cause : error));
}
