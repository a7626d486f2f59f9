import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { previewQuery, type Timing } from '../api/schedules.ts';
import { Ago } from '../parts/Time.tsx';
import { zonedTime } from '../parts/time.ts';
import { knownTimeZones, presets } from './schedules.ts';

interface WhenFieldsProps {
  readonly timing: Timing;
  readonly onChange: (timing: Timing) => void;
}

const typingMs = 300;

/** Asks when a scan comes again, and shows what that means: the next three times, or what is wrong. */
export function WhenFields({ timing, onChange }: WhenFieldsProps) {
  const zones = useId();
  const [known] = useState(knownTimeZones);
  return (
    <div className="when">
      <fieldset className="when-presets">
        <legend className="only-spoken">Often wanted</legend>
        {presets.map(({ cron, words }) => (
          <button
            key={cron}
            type="button"
            className="button"
            aria-pressed={timing.cron === cron}
            onClick={() => onChange({ ...timing, cron })}
          >
            {words}
          </button>
        ))}
      </fieldset>
      <div className="field-pair">
        <label className="field">
          <span>Minute, hour, day, month, weekday</span>
          <input
            className="mono"
            value={timing.cron}
            maxLength={200}
            required
            spellCheck={false}
            onChange={(event) => onChange({ ...timing, cron: event.target.value })}
          />
        </label>
        <label className="field">
          <span>Time zone</span>
          <input
            value={timing.timeZone}
            list={zones}
            maxLength={100}
            required
            spellCheck={false}
            onChange={(event) => onChange({ ...timing, timeZone: event.target.value })}
          />
        </label>
        <datalist id={zones}>
          {known.map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </datalist>
      </div>
      <Preview timing={useSettled(timing)} />
    </div>
  );
}

function Preview({ timing }: { readonly timing: Timing }) {
  const asked = timing.cron.trim() !== '' && timing.timeZone.trim() !== '';
  const preview = useQuery({ ...previewQuery(timing), enabled: asked });
  return (
    <div className="when-preview" aria-live="polite" aria-busy={preview.isFetching}>
      {preview.error !== null && asked ? (
        <p className="when-fault">{preview.error.message}</p>
      ) : (
        <NextTimes upcoming={preview.data?.upcoming ?? []} timeZone={timing.timeZone} />
      )}
    </div>
  );
}

/** The next times in the zone they are meant in, each with how far off it is. */
export function NextTimes({ upcoming, timeZone }: { readonly upcoming: readonly string[]; readonly timeZone: string }) {
  return (
    <ol className="next-times">
      {upcoming.map((at) => (
        <li key={at}>
          {zonedTime(at, timeZone)}
          <span className="quiet">
            {', '}
            <Ago at={at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** A value once it has stayed the same for a moment, so that not every key asks the manager. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), typingMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
