import { Cron } from 'croner';

/** When something is due, by a cron expression read in a time zone. */
export interface CronTimes {
  /** The first time after this one. */
  next(after: Date): Date;
  /** The last time that is not after this one; undefined when there was none. */
  latest(notAfter: Date): Date | undefined;
}

/** What is wrong with an expression or its time zone: one sentence for whoever wrote it. */
export interface CronFault {
  readonly field: 'cron' | 'timeZone';
  readonly message: string;
}

export type CronReading =
  | { readonly times: CronTimes; readonly fault?: never }
  | { readonly times?: never; readonly fault: CronFault };

/** Longest expression that is read; real ones have a tenth of it. */
const maxLength = 200;

/**
 * Reads five fields (minute, hour, day of month, month, day of week) or a nickname such as `@daily`, in an IANA time
 * zone. Seconds are refused: what is started here takes longer. So is an expression that never comes true.
 *
 * Where clocks change: a time of day without `*` or `/` in its minute and hour is kept once a day: one that does not exist is due as
 * soon as the clocks have moved, one that comes twice is due the first time. Everything else follows the clock on the wall.
 */
export function parseCron(expression: string, timeZone: string): CronReading {
  if (!isTimeZone(timeZone)) {
    return fault(
      'timeZone',
      `${JSON.stringify(timeZone)} is no time zone; expected an IANA name such as Europe/Berlin`,
    );
  }
  const text = expression.trim();
  const shape = shapeFault(text);
  if (shape !== undefined) return fault('cron', shape);
  try {
    return readTimes(
      new Cron(text, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true }),
    );
  } catch (error) {
    return fault('cron', explain(error));
  }
}

/** True for an IANA name this Node knows, aliases such as UTC and US/Pacific among them; an offset is no zone. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function shapeFault(text: string): string | undefined {
  if (text.length > maxLength) return `the expression has ${text.length} characters; expected at most ${maxLength}`;
  // It stands for the moment of reading, so that the same words would mean another time at each start.
  if (text.includes('?')) return 'a ? is not read; write * for any value';
  if (text.startsWith('@')) return undefined;
  const fields = text === '' ? 0 : text.split(/\s+/).length;
  return fields === 5
    ? undefined
    : `the expression has ${fields} ${fields === 1 ? 'field' : 'fields'}; expected five: minute, hour, day of month, month, day of week`;
}

function readTimes(cron: Cron): CronReading {
  // There is no year in it: what comes true at all has come true since 1970.
  if (cron.nextRun(new Date(0)) === null)
    return fault('cron', 'the expression never comes true; expected a day that is in a calendar');
  return {
    times: {
      next: (after) => {
        const next = cron.nextRun(after);
        if (next === null)
          throw new RangeError(`no time after ${after.toISOString()} for ${String(cron.getPattern())}`);
        return next;
      },
      // The library looks strictly before; times are whole minutes, so that a millisecond more brings the moment itself in.
      latest: (notAfter) => cron.previousRuns(1, new Date(notAfter.getTime() + 1))[0],
    },
  };
}

function fault(field: CronFault['field'], message: string): CronReading {
  return { fault: { field, message } };
}

/** The library's sentence without the name of its class. */
function explain(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: /, '');
}
