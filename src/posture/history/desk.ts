import { randomUUID } from 'node:crypto';
import { messageOf, type Clock, type Log } from '../../base/index.ts';
import type { ChangedEntry, ReleasePosture } from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { listChanges } from './changes.ts';
import { follow, isSettled, type Unsettled } from './settle.ts';
import { keptOf, type KeptChanges } from './waiting-file.ts';
import type { WaitingChange, Watch } from './watch.ts';
import { writeChanges } from './write.ts';

/** How often a watch is prolonged while nothing changes. */
const beatMs = 15_000;
const batch = 20;

interface DeskOptions {
  readonly config: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly host: string;
  readonly mostWaiting?: number;
}

/** What one manager has seen: its watch, what has not settled, and what waits. */
export function createDesk({ config, clock, log, host, mostWaiting = 200 }: DeskOptions) {
  let watch: Watch | undefined;
  let recorded: ReleasePosture | null = null;
  let unsettled: Unsettled | undefined;
  let waiting: WaitingChange[] = [];
  let isFirst = true;
  let isReaching = false;

  const push = ({ posture, since }: Unsettled): void => {
    const changes = listChanges(recorded, posture);
    const happenedAt = since.toISOString();
    waiting.push({ id: randomUUID(), happenedAt, first: isFirst, late: false, changes, posture });
    [recorded, unsettled, isFirst] = [posture, undefined, false];
    if (waiting.length <= mostWaiting || watch === undefined) return;
    waiting = waiting.slice(1);
    log.error({}, `more than ${mostWaiting} changes of the posture wait for the config database; the oldest is lost`);
    watch = beginWatch(posture.app, host, waiting[0]?.happenedAt ?? happenedAt, 'overflowed');
  };
  /** The database was brought back to a time before this watch, or lost it: all that waits is all that is left. */
  const beginAnew = (lost: Watch): void => {
    watch = {
      ...lost,
      id: randomUUID(),
      begunAt: lost.confirmedAt ?? lost.begunAt,
      because: 'restored',
      confirmedAt: null,
    };
    [recorded, isFirst] = [null, true];
  };
  return {
    watchId: () => watch?.id ?? '',
    hasBegun: () => watch !== undefined,
    isReaching: () => isReaching,
    /** Takes in the posture of now; true: there is something new to write. */
    notice: (posture: ReleasePosture, now: Date): boolean => {
      watch ??= beginWatch(posture.app, host, now.toISOString(), 'started');
      unsettled = follow(recorded, unsettled, posture, now);
      if (unsettled === undefined || !isSettled(unsettled, now)) return false;
      push(unsettled);
      return true;
    },
    isDue: (now: Date): boolean => {
      if (watch === undefined) return false;
      const confirmed = watch.confirmedAt;
      return waiting.length > 0 || confirmed === null || now.getTime() - Date.parse(confirmed) >= beatMs;
    },
    flush: async (): Promise<void> => {
      if (watch === undefined) return;
      const mine = watch;
      const some = waiting.slice(0, batch);
      const now = clock.now();
      const known = await writeChanges({ config, log }, mine, some, now);
      isReaching = true;
      if (watch !== mine) return;
      if (known) watch = { ...mine, confirmedAt: now.toISOString() };
      else beginAnew(mine);
      if (known) waiting = waiting.filter(({ id }) => !some.some((each) => each.id === id));
    },
    failed: (error: unknown): void => {
      if (isReaching)
        log.warn({ reason: messageOf(error) }, 'the history of the posture waits for the config database');
      isReaching = false;
      waiting = waiting.map((each) => ({ ...each, late: true }));
    },
    /** What has to outlive the process; undefined: the database has it all. */
    kept: (): KeptChanges | undefined =>
      watch === undefined || (waiting.length === 0 && isReaching) ? undefined : keptOf(watch, clock.now(), waiting),
    waiting: (): ChangedEntry[] => waiting.map((each) => entryOf(each, host)).toReversed(),
  };
}

function beginWatch(app: ReleasePosture['app'], host: string, begunAt: string, because: Watch['because']): Watch {
  const { version: appVersion, imageSha } = app;
  return { id: randomUUID(), host, appVersion, imageSha, begunAt, because, confirmedAt: null };
}

function entryOf({ id, happenedAt, late, changes, posture }: WaitingChange, host: string): ChangedEntry {
  const { app, verdict } = posture as unknown as ReleasePosture;
  return {
    kind: 'posture',
    id,
    happenedAt,
    recordedAt: null,
    late,
    host,
    appVersion: app.version,
    imageSha: app.imageSha,
    verdict: verdict.status,
    headline: verdict.headline,
    changes,
  };
}
