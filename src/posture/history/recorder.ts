import { hostname } from 'node:os';
import {
  createLoop,
  messageOf,
  systemSchedule,
  withDeadline,
  type Clock,
  type Log,
  type Schedule,
  type Service,
} from '../../base/index.ts';
import type { ChangedEntry } from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import type { PostureSource } from '../types.ts';
import { createDesk } from './desk.ts';
import { isComplete } from './settle.ts';
import { openWaitingFiles } from './waiting-file.ts';
import { writeKept } from './write.ts';

const tickMs = 1000;
const retryMs = 5000;
const keepMs = 30_000;
const adoptMs = 30_000;
const deadlineMs = 5000;

export interface RecorderOptions {
  readonly posture: Pick<PostureSource, 'current'>;
  readonly config: Database;
  /** Where changes wait while config cannot be written. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly host?: string;
  /** How many changes wait at most; default 200. A posture is some 10 to 30 kB of JSON. */
  readonly mostWaiting?: number;
  readonly schedule?: Schedule;
}

/** Writes the posture's history, off the path of any request. */
export interface HistoryRecorder extends Service {
  /** What it has seen and not written yet, newest first. */
  waiting(): ChangedEntry[];
  /** Looks at the posture and writes what is due; never throws. */
  tick(): Promise<void>;
}

/** Makes the recorder; it watches from its first complete posture on. */
export function createHistoryRecorder(options: RecorderOptions): HistoryRecorder {
  const { posture, clock, log, schedule = systemSchedule, host = hostname() } = options;
  const files = openWaitingFiles(options.dataDir, clock, log);
  const desk = createDesk({ ...options, host });
  let keptAt = 0;
  let isKept = false;
  let triedAt = 0;
  let adoptedAt = 0;

  const write = async (): Promise<void> => {
    triedAt = clock.now().getTime();
    try {
      await withDeadline(deadlineMs, async () => await desk.flush());
    } catch (error) {
      desk.failed(error);
    }
  };
  const keep = async (force: boolean): Promise<void> => {
    const now = clock.now().getTime();
    const kept = desk.kept();
    if (kept === undefined) {
      if (isKept) await files.remove(desk.watchId());
      isKept = false;
    } else if (force || !isKept || now - keptAt >= keepMs) {
      await files.keep(kept);
      [isKept, keptAt] = [true, now];
    }
  };
  const adopt = async (): Promise<void> => {
    adoptedAt = clock.now().getTime();
    for (const left of await files.readAbandoned()) {
      await writeKept(options, left);
      await files.remove(left.watch.id);
    }
  };
  const tick = async (): Promise<void> => {
    const current = posture.current().posture;
    const now = clock.now();
    const noticed = isComplete(current) && desk.notice(current, now);
    if (noticed || (desk.isDue(now) && now.getTime() - triedAt >= retryMs)) await write();
    await keep(noticed);
    if (desk.isReaching() && now.getTime() - adoptedAt >= adoptMs)
      await adopt().catch((error: unknown) =>
        log.warn({ reason: messageOf(error) }, 'changes left behind wait longer'),
      );
  };
  const loop = createLoop({
    work: async () => await tick().catch((error: unknown) => log.error({ err: error }, 'the history was not written')),
    pauseMs: () => tickMs,
    gapMs: tickMs,
    clock,
    schedule,
  });
  return {
    waiting: () => desk.waiting(),
    tick: async () => await loop.run(),
    start: async () => {
      loop.start();
      await Promise.resolve();
    },
    stop: async () => {
      await loop.stop();
      if (desk.hasBegun()) await write();
      await keep(true);
    },
  };
}
