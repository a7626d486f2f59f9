import './scans.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { scansPollSeconds } from '../api/scans.ts';
import { scheduleQuery } from '../api/schedules.ts';
import { mayScan, sessionQuery } from '../api/session.ts';
import { LivePage } from '../app/LivePage.tsx';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { useScheduleDeeds } from './deeds.tsx';
import { EditScheduleDialog } from './EditScheduleDialog.tsx';
import { ScheduleButtons } from './ScheduleButtons.tsx';
import { ScheduleView } from './ScheduleView.tsx';

const route = getRouteApi('/shell/scans/schedules/$schedule');

/** One schedule, kept up to date. */
export function SchedulePage() {
  const { schedule: id } = route.useParams();
  const { help } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const schedule = useQuery(scheduleQuery(id));
  const mayChange = mayScan(useQuery(sessionQuery).data);
  const [editing, setEditing] = useState(false);
  const { begin, shown: said } = useScheduleDeeds({
    onRan: (scan) => void navigate({ to: '/scans/$scan', params: { scan } }),
    onDeleted: () => void navigate({ to: '/scans' }),
  });
  const shown = schedule.data?.value;
  useTitle(shown === undefined ? 'Schedule' : `${shown.name} · Schedule`);
  return (
    <>
      <p className="way-back">
        <Link to="/scans">All scans</Link>
      </p>
      <LivePage
        title={shown?.name ?? 'Schedule'}
        help="scans"
        helpOpen={help === '1'}
        onHelp={(open) =>
          void navigate({ search: (now) => ({ ...now, help: open ? '1' : '' }), replace: true, resetScroll: false })
        }
        reading={schedule.data}
        error={schedule.error}
        everySeconds={scansPollSeconds}
        actions={
          shown !== undefined && mayChange ? (
            <>
              <button type="button" className="button" onClick={() => setEditing(true)}>
                Edit
              </button>
              <ScheduleButtons schedule={shown} onDeed={begin} />
            </>
          ) : null
        }
        skeleton={<ListSkeleton />}
      >
        {said}
        {shown === undefined ? null : <ScheduleView schedule={shown} />}
        {shown !== undefined && editing ? (
          <EditScheduleDialog
            schedule={shown}
            onClose={() => setEditing(false)}
            onChanged={() => {
              setEditing(false);
              void queries.invalidateQueries({ queryKey: ['schedule', id] });
            }}
          />
        ) : null}
      </LivePage>
    </>
  );
}
