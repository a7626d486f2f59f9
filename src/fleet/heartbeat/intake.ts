import type { Log } from '../../base/index.ts';
import { messageOf } from '../../base/index.ts';
import type { Database } from '../../postgres/index.ts';
import { isDataFault } from '../data-faults.ts';
import { retryDeadlocks } from '../deadlocks.ts';
import { writeBeats, writeRefusals, type Beat } from './store.ts';

/** One heartbeat as it came in. */
export type Arrival = Omit<Beat, 'earlierInstanceId' | 'tookTurns'>;

export interface Intake {
  add(arrival: Arrival): void;
  /** A lease call was refused because of the protocol. */
  addRefusal(scannerId: string): void;
  /** Writes what is waiting. Keeps it when the database cannot be reached, for the next time. */
  flush(): Promise<void>;
}

const mostAtOnce = 1000;

/** Coalesces heartbeats in memory: however often a scanner calls between two writes, it costs one row in one statement. */
export function createIntake(config: Database, log: Log): Intake {
  let beats = new Map<string, Beat>();
  let refusals = new Map<string, number>();
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const [taken, refused] = [beats, refusals];
    if (taken.size === 0 && refused.size === 0) return;
    beats = new Map();
    refusals = new Map();
    try {
      // In one order, so that two managers with the same scanners wait for each other less often in a circle.
      const sorted = [...taken.values()].sort((left, right) => (left.scannerId < right.scannerId ? -1 : 1));
      for (let start = 0; start < sorted.length; start += mostAtOnce) {
        const batch = sorted.slice(start, start + mostAtOnce);
        await writeBatch(batch);
        for (const { scannerId } of batch) taken.delete(scannerId);
      }
      if (refused.size > 0)
        await retryDeadlocks(async () => {
          await writeRefusals(config, refused);
        });
      refused.clear();
    } catch (error) {
      log.warn({ waiting: taken.size, reason: messageOf(error) }, 'heartbeats could not be written; they are kept');
      for (const [id, beat] of taken) if (!beats.has(id)) beats.set(id, beat);
      for (const [id, count] of refused) refusals.set(id, (refusals.get(id) ?? 0) + count);
    }
  }

  /** A heartbeat that the database will never take is dropped, so that it does not hold up those of all others. */
  async function writeBatch(batch: readonly Beat[]): Promise<void> {
    try {
      await retryDeadlocks(async () => {
        await writeBeats(config, batch);
      });
    } catch (error) {
      if (!isDataFault(error)) throw error;
      if (batch.length > 1) for (const beat of batch) await writeBatch([beat]);
      else log.error({ scannerId: batch[0]?.scannerId, reason: messageOf(error) }, 'a heartbeat was dropped');
    }
  }

  return {
    add: (arrival) => {
      beats.set(arrival.scannerId, mergeBeat(beats.get(arrival.scannerId), arrival));
    },
    addRefusal: (scannerId) => {
      refusals.set(scannerId, (refusals.get(scannerId) ?? 0) + 1);
    },
    flush: async () => {
      writing = writing.then(write);
      await writing;
    },
  };
}

/** Joins a heartbeat to what is waiting of the same scanner. */
export function mergeBeat(waiting: Beat | undefined, arrival: Arrival): Beat {
  const fresh = { ...arrival, earlierInstanceId: null, tookTurns: false };
  if (waiting === undefined) return fresh;
  const { instanceId, earlierInstanceId, tookTurns } = waiting;
  if (arrival.instanceId === null) return { ...fresh, instanceId, earlierInstanceId, tookTurns };
  if (arrival.instanceId === instanceId || instanceId === null) return { ...fresh, earlierInstanceId, tookTurns };
  return { ...fresh, earlierInstanceId: instanceId, tookTurns: tookTurns || arrival.instanceId === earlierInstanceId };
}
