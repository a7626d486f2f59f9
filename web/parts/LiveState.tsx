import { ProblemError } from '../api/http.ts';
import type { Freshness } from '../api/live.ts';
import { Status } from './Status.tsx';
import { clockTime } from './time.ts';

interface LiveStateProps {
  readonly reading: Freshness | undefined;
  readonly error: Error | null;
  /** How often the page asks. */
  readonly everySeconds: number;
}

/** How fresh the page is: "as of 12:03:05", or since when the manager has not answered. Speaks up only when that changes. */
export function LiveState({ reading, error, everySeconds }: LiveStateProps) {
  if (reading === undefined) return <p className="live">{error === null ? 'Reading…' : null}</p>;
  const time = <time dateTime={new Date(reading.answeredAt).toISOString()}>{clockTime(reading.answeredAt)}</time>;
  return (
    <>
      <p className="live" data-live={error === null}>
        <span className="live-dot" aria-hidden="true" />
        <span>
          {error === null ? 'Live, as' : 'As'} of {time}
        </span>
      </p>
      <div role="alert" className="stale-place">
        {error === null ? null : (
          <p className="stale" data-tone="warn">
            <Status look={{ tone: 'warn', icon: 'warning', word: 'Stale' }} />
            <span>
              {error instanceof ProblemError
                ? `The manager refused the last request: ${error.message}.`
                : `The manager cannot be reached: ${error.message}.`}{' '}
              What you see below is from {time}; trying again every {everySeconds} seconds.
            </span>
          </p>
        )}
      </div>
    </>
  );
}
