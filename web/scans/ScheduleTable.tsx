import { Link } from '@tanstack/react-router';
import type { Firing, Schedule } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Columns } from '../parts/Columns.tsx';
import { countOf } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { ScheduleButtons, type OnDeed } from './ScheduleButtons.tsx';
import { firingLooks, firingNote, scheduleLook } from './schedules.ts';

interface ScheduleTableProps {
  readonly schedules: readonly Schedule[];
  /** Absent for those who may change nothing. */
  readonly onDeed?: OnDeed | undefined;
}

/** One row a schedule, by name. */
export function ScheduleTable({ schedules, onDeed }: ScheduleTableProps) {
  return (
    <table className="table stacking schedules">
      <caption className="only-spoken">Schedules</caption>
      <Columns names={['Schedule', 'When', 'Next', 'Latest']}>
        {onDeed === undefined ? null : (
          <th scope="col">
            <span className="only-spoken">Change</span>
          </th>
        )}
      </Columns>
      <tbody>
        {schedules.map((schedule) => (
          <Row key={schedule.id} schedule={schedule} onDeed={onDeed} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ schedule, onDeed }: { readonly schedule: Schedule; readonly onDeed?: OnDeed | undefined }) {
  return (
    <tr>
      <th scope="row">
        <Link to="/scans/schedules/$schedule" params={{ schedule: schedule.id }}>
          {schedule.name}
        </Link>
        <span className="scan-note">
          {countOf(schedule.targetCount, 'target')}, {schedule.kinds.join(', ')}
        </span>
      </th>
      <Cell label="When">
        <code>{schedule.cron}</code>
        <span className="scan-note">{schedule.timeZone}</span>
      </Cell>
      <Cell label="Next">
        {schedule.nextAt === null ? <Status look={scheduleLook(schedule)} /> : <Ago at={schedule.nextAt} />}
      </Cell>
      <Cell label="Latest">
        {schedule.latest === null ? <span className="quiet">none yet</span> : <Latest firing={schedule.latest} />}
      </Cell>
      {onDeed === undefined ? null : (
        <td className="number">
          <ScheduleButtons schedule={schedule} onDeed={onDeed} />
        </td>
      )}
    </tr>
  );
}

function Latest({ firing }: { readonly firing: Firing }) {
  const note = firingNote(firing);
  return (
    <>
      <Status look={firingLooks[firing.outcome]} />{' '}
      {firing.scanId === null ? (
        <Ago at={firing.dueAt} />
      ) : (
        <Link to="/scans/$scan" params={{ scan: firing.scanId }}>
          <Ago at={firing.dueAt} />
        </Link>
      )}
      {note === '' ? null : <span className="scan-note">{note}</span>}
    </>
  );
}
