import type { Schedule } from '../../src/contract/index.ts';

/** What can be done to a schedule at once. */
export type Deed = 'pause' | 'resume' | 'run' | 'delete';
export type OnDeed = (schedule: Schedule, deed: Deed) => void;

const words: Readonly<Record<Deed, string>> = { pause: 'Pause', resume: 'Resume', run: 'Run now', delete: 'Delete' };

/** Pause or resume, run now, delete. */
export function ScheduleButtons({ schedule, onDeed }: { readonly schedule: Schedule; readonly onDeed: OnDeed }) {
  const deeds: readonly Deed[] = [schedule.enabled ? 'pause' : 'resume', 'run', 'delete'];
  return (
    <span className="schedule-buttons">
      {deeds.map((deed) => (
        <button key={deed} type="button" className="button" onClick={() => onDeed(schedule, deed)}>
          {words[deed]}
          <span className="only-spoken"> {schedule.name}</span>
        </button>
      ))}
    </span>
  );
}
