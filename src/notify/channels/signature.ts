import { createHmac } from 'node:crypto';
import type { Secret } from '../../base/index.ts';

/**
 * The three headers by which a receiver knows that a message is ours, of now and not one it has had.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
 */
export function signatureHeaders(
  { id, body }: { readonly id: string; readonly body: string },
  secret: Secret,
  now: Date,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(secret.reveal().slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
