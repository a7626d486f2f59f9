import './scans.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { scansPollSeconds, scansQuery } from '../api/scans.ts';
import { schedulesQuery } from '../api/schedules.ts';
import { mayScan, sessionQuery } from '../api/session.ts';
import { LivePage } from '../app/LivePage.tsx';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { useScheduleDeeds } from './deeds.tsx';
import { NewScanDialog } from './NewScanDialog.tsx';
import { ScansView } from './ScansView.tsx';

const route = getRouteApi('/shell/scans');

/** Scans: what was asked for, kept up to date. */
export function ScansPage() {
  useTitle('Scans');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const scans = useQuery(scansQuery(search.before ?? ''));
  const schedules = useQuery(schedulesQuery);
  const mayAsk = mayScan(useQuery(sessionQuery).data);
  const [asking, setAsking] = useState(false);
  const ask = () => setAsking(true);
  const openScan = (scan: string) => void navigate({ to: '/scans/$scan', params: { scan } });
  const { begin, shown: said } = useScheduleDeeds({ onRan: openScan, onDeleted: () => undefined });
  return (
    <LivePage
      title="Scans"
      help="scans"
      helpOpen={search.help === '1'}
      onHelp={(open) =>
        void navigate({ search: (now) => ({ ...now, help: open ? '1' : '' }), replace: true, resetScroll: false })
      }
      reading={scans.data}
      error={scans.error}
      everySeconds={scansPollSeconds}
      actions={mayAsk ? <NewScanButton onClick={ask} /> : null}
      skeleton={<ListSkeleton />}
    >
      {said}
      {scans.data === undefined ? null : (
        <ScansView
          list={scans.data.value}
          search={search}
          busy={scans.isPlaceholderData}
          onPage={(before) => void navigate({ search: (now) => ({ ...now, before }) })}
          schedules={schedules.data}
          schedulesError={schedules.data === undefined ? schedules.error : null}
          onNew={mayAsk ? ask : undefined}
          onDeed={mayAsk ? begin : undefined}
        />
      )}
      {asking ? (
        <NewScanDialog
          onClose={() => setAsking(false)}
          onMade={openScan}
          onScheduled={(schedule) => void navigate({ to: '/scans/schedules/$schedule', params: { schedule } })}
        />
      ) : null}
    </LivePage>
  );
}

function NewScanButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <button type="button" className="button" data-kind="main" onClick={onClick}>
      New scan
    </button>
  );
}
