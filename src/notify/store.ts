import type { Queryable } from '../postgres/index.ts';
import { messageSchema, type ChannelName, type Delivery, type Message, type Said } from './types.ts';

/** A speaker that has not been heard of for this long has lost its voice. */
const speakerSeconds = 60;
const keptDays = 90;

/** Whether this manager is the one that speaks; becomes it when nobody is. */
export async function claimVoice(database: Queryable, holder: string): Promise<boolean> {
  const rows = await database.query(
    `insert into notification_speaker (holder, until) values ($1, now() + make_interval(secs => $2))
     on conflict (only_one) do update set holder = excluded.holder, until = excluded.until
       where notification_speaker.holder = excluded.holder or notification_speaker.until < now()
     returning holder`,
    [holder, speakerSeconds],
  );
  return rows.length > 0;
}

/** Lets another manager speak at once. */
export async function giveUpVoice(database: Queryable, holder: string): Promise<void> {
  await database.query('delete from notification_speaker where holder = $1', [holder]);
}

/** What was last said of everything. */
export async function readSaid(database: Queryable): Promise<Said[]> {
  const rows = await database.query<Omit<Said, 'since' | 'announcedAt'> & { since: Date; announcedAt: Date }>(
    `select key, value, since, announced_at as "announcedAt", message_id as "messageId", turns from notification_subjects`,
  );
  return rows.map(({ key, value, since, announcedAt, messageId, turns }) => ({
    key,
    value,
    since: since.toISOString(),
    announcedAt: announcedAt.toISOString(),
    messageId,
    turns,
  }));
}

/** Remembers what was said, unless something newer was. */
export async function writeSaid(transaction: Queryable, said: readonly Said[]): Promise<void> {
  for (const { key, value, since, announcedAt, messageId, turns } of said)
    await transaction.query(
      `insert into notification_subjects (key, value, since, announced_at, message_id, turns) values ($1, $2, $3, $4, $5, $6)
       on conflict (key) do update set value = excluded.value, since = excluded.since, announced_at = excluded.announced_at,
         message_id = excluded.message_id, turns = excluded.turns
       where notification_subjects.announced_at < excluded.announced_at`,
      [key, value, since, announcedAt, messageId, turns],
    );
}

/** A delivery as it stands. */
export interface Due {
  readonly message: Message;
  readonly channel: ChannelName;
  readonly attempts: number;
}

/** A message that was or is to be delivered by these ways; one that another manager has written already stays as it is. */
export async function writeMessage(
  transaction: Queryable,
  message: Message,
  deliveries: readonly { readonly channel: ChannelName; readonly deliveredAt: string | null }[],
): Promise<void> {
  await transaction.query(
    'insert into notifications (id, created_at, content) values ($1, $2, $3) on conflict (id) do nothing',
    [message.id, message.at, JSON.stringify(message).replaceAll(String.raw`\u0000`, '')],
  );
  for (const { channel, deliveredAt } of deliveries)
    await transaction.query(
      `insert into notification_deliveries (notification_id, channel, next_try_at, delivered_at) values ($1, $2, now(), $3)
       on conflict (notification_id, channel) do update
         set delivered_at = coalesce(notification_deliveries.delivered_at, excluded.delivered_at)
         where notification_deliveries.given_up_at is null`,
      [message.id, channel, deliveredAt],
    );
}

/** What is to be delivered now, oldest first. */
export async function readDue(database: Queryable, channels: readonly ChannelName[], limit: number): Promise<Due[]> {
  const rows = await database.query<{ content: unknown; channel: ChannelName; attempts: number }>(
    `select n.content, d.channel, d.attempts from notification_deliveries d join notifications n on n.id = d.notification_id
      where d.delivered_at is null and d.given_up_at is null and d.next_try_at <= now() and d.channel = any($1)
      order by n.created_at, n.id limit $2`,
    [channels, limit],
  );
  return rows.map(({ content, channel, attempts }) => ({ message: messageSchema.parse(content), channel, attempts }));
}

/** Writes how an attempt ended, and when there is another. */
export async function settle(
  database: Queryable,
  { message, channel }: Due,
  { delivery, retryInSeconds }: { readonly delivery: Delivery; readonly retryInSeconds: number | null },
): Promise<void> {
  const reason = delivery.kind === 'delivered' ? null : delivery.reason.replaceAll('\0', '').slice(0, 500);
  await database.query(
    `update notification_deliveries set attempts = attempts + 1, last_error = $3,
            delivered_at = case when $4 then now() end,
            given_up_at = case when not $4 and $5::float8 is null then now() end,
            next_try_at = now() + make_interval(secs => coalesce($5::float8, 0))
      where notification_id = $1 and channel = $2 and delivered_at is null and given_up_at is null`,
    [message.id, channel, reason, delivery.kind === 'delivered', retryInSeconds],
  );
}

/** Forgets what was said long ago. */
export async function prune(database: Queryable): Promise<void> {
  await database.query(`delete from notifications where created_at < now() - make_interval(days => $1)`, [keptDays]);
}

/** How many messages wait on each way. */
export async function countWaiting(
  database: Queryable,
  channels: readonly ChannelName[],
): Promise<Record<string, number>> {
  const rows = await database.query<{ channel: string; count: number }>(
    `select channel, count(*)::integer as count from notification_deliveries
      where delivered_at is null and given_up_at is null group by channel`,
  );
  const found = new Map(rows.map(({ channel, count }) => [channel, count]));
  return Object.fromEntries(channels.map((channel) => [channel, found.get(channel) ?? 0]));
}
