import type { Queryable } from '../../postgres/index.ts';

/** What the heartbeats of one scanner since the last write come down to. */
export interface Beat {
  readonly scannerId: string;
  readonly binaryVersion: string;
  readonly protocolVersion: number;
  readonly inWindow: boolean;
  /** The pause it was told to make; undefined when it did not send a heartbeat but was refused jobs. */
  readonly nextSeconds: number;
  readonly instanceId: string | null;
  /** The instance that spoke before this one, within the same batch. */
  readonly earlierInstanceId: string | null;
  /** Within the batch already, two instances took turns. */
  readonly tookTurns: boolean;
}

/**
 * Writes a batch of heartbeats in one statement; the census moves with it. A restart brings an instance id never seen
 * before, so one that comes back after another was there means that two programs hold the same credential.
 */
export async function writeBeats(database: Queryable, beats: readonly Beat[]): Promise<void> {
  await database.query(
    `update scanners s set
       binary_version = b.binary_version,
       protocol_version = b.protocol_version,
       state = 'online',
       last_seen_at = now(),
       lapses_at = now() + make_interval(secs => b.next_seconds * 1.5 + 15),
       instance_id = coalesce(b.instance_id, s.instance_id),
       previous_instance_id = coalesce(b.earlier_instance_id,
         case when b.instance_id <> s.instance_id then s.instance_id else s.previous_instance_id end),
       clone_suspected_at = case
         when b.took_turns
           or (b.earlier_instance_id is not null and b.instance_id = s.instance_id)
           or (b.instance_id <> s.instance_id and b.instance_id = s.previous_instance_id)
           or (b.earlier_instance_id <> s.instance_id and b.earlier_instance_id = s.previous_instance_id)
         then coalesce(s.clone_suspected_at, now()) else s.clone_suspected_at end,
       refused_since = case when b.in_window then null else s.refused_since end
     from unnest($1::uuid[], $2::text[], $3::integer[], $4::boolean[], $5::float8[], $6::text[], $7::text[], $8::boolean[])
       b (id, binary_version, protocol_version, in_window, next_seconds, instance_id, earlier_instance_id, took_turns)
     where s.id = b.id and s.state <> 'revoked'`,
    [
      beats.map((beat) => beat.scannerId),
      beats.map((beat) => beat.binaryVersion),
      beats.map((beat) => beat.protocolVersion),
      beats.map((beat) => beat.inWindow),
      beats.map((beat) => beat.nextSeconds),
      beats.map((beat) => beat.instanceId),
      beats.map((beat) => beat.earlierInstanceId),
      beats.map((beat) => beat.tookTurns),
    ],
  );
}

/** Adds refused lease calls to their scanners. */
export async function writeRefusals(database: Queryable, refusals: ReadonlyMap<string, number>): Promise<void> {
  await database.query(
    `update scanners s set refused_since = coalesce(s.refused_since, now()), refused_count = s.refused_count + r.count
      from unnest($1::uuid[], $2::integer[]) r (id, count) where s.id = r.id`,
    [[...refusals.keys()], [...refusals.values()]],
  );
}

/** Moves scanners on that did not call in time: online becomes late, late becomes offline. Gives how many. */
export async function lapseScanners(database: Queryable, limit: number): Promise<number> {
  const rows = await database.query(
    `update scanners set
       state = case state when 'online' then 'late' else 'offline' end,
       lapses_at = case state when 'online' then lapses_at + 2 * (lapses_at - last_seen_at) end
     where id in (
       select id from scanners where state in ('online', 'late') and lapses_at < now()
       order by lapses_at limit $1 for update skip locked
     )
     returning id`,
    [limit],
  );
  return rows.length;
}
