import { z } from 'zod';

export const channelNames = ['webhook', 'email'] as const;
export type ChannelName = (typeof channelNames)[number];

/** What is known about one thing that people are told of. */
export interface Subject {
  /** `verdict`, or a code of the verdict's reasons. */
  readonly key: string;
  /** The status of the verdict; `on` and `off` of a reason. */
  readonly value: string;
}

const factSchema = z.object({ code: z.string(), part: z.string(), message: z.string(), remedy: z.string() });
export type Fact = z.infer<typeof factSchema>;

/** One message, the same on every channel. Its form is documented in docs/notifications.md. */
export const messageSchema = z.object({
  /** The same for everybody who saw this turn: what comes twice can be told by it. */
  id: z.string(),
  type: z.enum(['verdict.changed', 'trouble.began', 'trouble.lasts', 'trouble.ended', 'test']),
  /** When it was said. */
  at: z.iso.datetime(),
  subject: z.string(),
  value: z.string(),
  /** What it was before; null if nothing was ever said of it. */
  before: z.string().nullable(),
  /** Since when it is so. */
  since: z.iso.datetime(),
  /** How bad: `recovered` ends what a worse one began. */
  severity: z.enum(['critical', 'warning', 'info', 'recovered']),
  headline: z.string(),
  /** The reasons, worst first, each with the command that mends it. */
  reasons: z.array(factSchema),
  deployment: z.object({ host: z.string(), appVersion: z.string(), imageSha: z.string() }),
});
export type Message = z.infer<typeof messageSchema>;

/** What was last said of a subject. */
export const saidSchema = z.object({
  key: z.string(),
  value: z.string(),
  since: z.iso.datetime(),
  announcedAt: z.iso.datetime(),
  messageId: z.string(),
  /** How often it turned of late. */
  turns: z.int(),
});
export type Said = z.infer<typeof saidSchema>;

/** How a delivery ended. */
export type Delivery =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Trying again makes no sense. */
  | { readonly kind: 'refused'; readonly reason: string };

/** One way to reach people. Never rejects. */
export interface Channel {
  readonly name: ChannelName;
  /** Where it goes, without secrets. */
  readonly destination: string;
  send(message: Message): Promise<Delivery>;
}
