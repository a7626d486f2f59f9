import type { Log } from '../../base/index.ts';
import type { Database, Queryable } from '../../postgres/index.ts';
import { retryDeadlocks } from '../deadlocks.ts';
import type { JobQueue } from '../leases/queue.ts';
import { addScan } from '../scans/add.ts';
import { planFiring, type FiringPlan } from './plan.ts';
import {
  insertFiring,
  lockDueSchedule,
  pruneFirings,
  readRunningScan,
  setFiringScan,
  setNextAt,
  type ScheduleRow,
} from './store.ts';

interface FiringDeps {
  readonly jobs: Database;
  readonly queue: JobQueue;
}

export interface FiringRoundDeps extends FiringDeps {
  readonly log: Log;
  /** While the gate is closed nothing is fired. */
  readonly isOpen: () => boolean;
  /** Tells waiting scanners that there are jobs. */
  readonly wake: () => void;
}

/** What one round of firing did. */
interface FiringCounts {
  readonly made: number;
  readonly skipped: number;
}

const mostAtOnce = 100;
const firingsKept = 100;

type Deed = 'made' | 'skipped' | 'done_before';
type DueSchedule = ScheduleRow & { readonly nextAt: Date; readonly now: Date };
type Occurrence = Exclude<FiringPlan, { fault: object }>;

/** Makes the round of firing that upkeep does every few seconds. */
export function createFiring({ jobs, queue, log, isOpen, wake }: FiringRoundDeps): () => Promise<void> {
  return async () => {
    if (!isOpen()) return;
    const { made, skipped } = await fireDueSchedules({ jobs, queue });
    if (made > 0) wake();
    if (made + skipped > 0) log.info({ made, skipped }, 'scans were due by schedule');
  };
}

/**
 * Fires every schedule that is due. Any number of managers may do it at any time: each schedule is decided in a transaction
 * that holds its row and moves it on, so whoever comes second finds nothing due. All go by the database's clock.
 */
async function fireDueSchedules({ jobs, queue }: FiringDeps): Promise<FiringCounts> {
  const counts = { made: 0, skipped: 0 };
  for (let turn = 0; turn < mostAtOnce; turn += 1) {
    const deed = await retryDeadlocks(
      async () => await jobs.transaction(async (transaction) => await fireOne(transaction, queue)),
    );
    if (deed === undefined) break;
    if (deed !== 'done_before') counts[deed] += 1;
  }
  return counts;
}

async function fireOne(transaction: Queryable, queue: JobQueue): Promise<Deed | undefined> {
  const [due] = await lockDueSchedule(transaction);
  if (due === undefined) return undefined;
  const plan = planFiring(due, due.now);
  if (plan.fault !== undefined) return await pauseUnreadable(transaction, due);
  await setNextAt(transaction, due.id, plan.nextAt);
  const deed = await decide({ transaction, queue }, due, plan);
  await pruneFirings(transaction, due.id, firingsKept);
  return deed;
}

/** What could be read when it was written and cannot be now, such as a zone that is no more: it waits for a person. */
async function pauseUnreadable(transaction: Queryable, { id, nextAt }: DueSchedule): Promise<Deed> {
  await setNextAt(transaction, id, null);
  await insertFiring(transaction, id, {
    dueAt: nextAt,
    outcome: 'skipped',
    reason: 'unreadable',
    scanId: null,
    missed: 0,
  });
  return 'skipped';
}

async function decide(
  within: { readonly transaction: Queryable; readonly queue: JobQueue },
  due: DueSchedule,
  { dueAt, missed, late }: Occurrence,
): Promise<Deed> {
  const { transaction } = within;
  const running = await readRunningScan(transaction, due.id);
  if (running !== null) {
    const skipped = { dueAt, missed, outcome: 'skipped', reason: 'still_running', scanId: running } as const;
    return (await insertFiring(transaction, due.id, skipped)) ? 'skipped' : 'done_before';
  }
  const fired = { dueAt, missed, outcome: late ? 'caught_up' : 'fired', reason: null, scanId: null } as const;
  if (!(await insertFiring(transaction, due.id, fired))) return 'done_before';
  const scanId = await addScan(within, due, { requestedBy: due.madeBy, scheduleId: due.id, dueAt });
  await setFiringScan(transaction, { scheduleId: due.id, dueAt, scanId });
  return 'made';
}
