import { Link } from '@tanstack/react-router';
import type { Firing, ScheduleDetail } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Columns } from '../parts/Columns.tsx';
import { Section } from '../parts/Section.tsx';
import { countOf } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Ago, Moment } from '../parts/Time.tsx';
import { zonedTime } from '../parts/time.ts';
import { firingLooks, firingNote, scheduleLook } from './schedules.ts';
import { addressOf } from './targets.ts';
import { NextTimes } from './WhenFields.tsx';

const targetsShown = 20;

/** One schedule: when it comes, what it scans, what became of it. Shows what it is given and asks nobody. */
export function ScheduleView({ schedule }: { readonly schedule: ScheduleDetail }) {
  return (
    <div className="page-parts">
      <Section title="Next" aside={<Status look={scheduleLook(schedule)} />}>
        <p>
          <code>{schedule.cron}</code> in {schedule.timeZone}
        </p>
        {schedule.enabled ? (
          <NextTimes upcoming={schedule.upcoming} timeZone={schedule.timeZone} />
        ) : (
          <p className="quiet">It is paused: it comes again once it is resumed.</p>
        )}
        <p className="fleet-note">
          Made <Ago at={schedule.madeAt} /> by {schedule.madeBy}
          {schedule.changedAt === schedule.madeAt ? null : (
            <>
              , changed <Ago at={schedule.changedAt} /> by {schedule.changedBy}
            </>
          )}
          .
        </p>
      </Section>
      <Section title="Occurrences" aside="newest first, the latest 20">
        {schedule.firings.length === 0 ? (
          <p className="quiet">It has not been due yet.</p>
        ) : (
          <FiringTable firings={schedule.firings} timeZone={schedule.timeZone} />
        )}
      </Section>
      <Section title="Targets" aside={schedule.kinds.join(', ')}>
        <Targets schedule={schedule} />
      </Section>
    </div>
  );
}

interface FiringTableProps {
  readonly firings: readonly Firing[];
  readonly timeZone: string;
}

function FiringTable({ firings, timeZone }: FiringTableProps) {
  return (
    <table className="table stacking">
      <caption className="only-spoken">Occurrences</caption>
      <Columns names={['Due', 'Outcome', 'Scan']} />
      <tbody>
        {firings.map((firing) => (
          <tr key={firing.dueAt}>
            <th scope="row">
              <time dateTime={firing.dueAt}>{zonedTime(firing.dueAt, timeZone)}</time>
            </th>
            <Cell label="Outcome">
              <Status look={firingLooks[firing.outcome]} />
              <span className="scan-note">{firingNote(firing)}</span>
            </Cell>
            <Cell label="Scan">
              <ScanLink firing={firing} />
            </Cell>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ScanLink({ firing }: { readonly firing: Firing }) {
  if (firing.scanId === null) return <span className="quiet">none</span>;
  return (
    <Link to="/scans/$scan" params={{ scan: firing.scanId }}>
      {firing.outcome === 'skipped' ? 'the one that still ran' : 'what it made'}
      <span className="only-spoken">
        {' '}
        <Moment at={firing.dueAt} />
      </span>
    </Link>
  );
}

function Targets({ schedule }: { readonly schedule: ScheduleDetail }) {
  const addresses = schedule.targets.map(addressOf);
  const rest = addresses.length - targetsShown;
  return (
    <>
      <ul className="targets">
        {addresses.slice(0, targetsShown).map((address) => (
          <li key={address}>
            <Link className="mono" to="/scans/target" search={{ address }}>
              {address}
            </Link>
          </li>
        ))}
      </ul>
      {rest > 0 ? <p className="quiet scan-hint">And {countOf(rest, 'target')} more.</p> : null}
    </>
  );
}
