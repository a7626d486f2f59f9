import './scans.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { scansPollSeconds, scansQuery } from '../api/scans.ts';
import { schedulesQuery } from '../api/schedules.ts';
import { mayScan, sessionQuery } from '../api/session.ts';
import { LivePage } from '../app/LivePage.tsx';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { useScheduleDeeds } from './deeds.tsx';
import { NewScanDialog } from './NewScanDialog.tsx';
import type { AskedScan } from './ScanFields.tsx';
import { ScansView } from './ScansView.tsx';
import { readTargets } from './targets.ts';

const route = getRouteApi('/shell/scans');

/** Scans: what was asked for, kept up to date. */
export function ScansPage() {
  useTitle('Scans');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const scans = useQuery(scansQuery(search.before ?? ''));
  const schedules = useQuery(schedulesQuery);
  const mayAsk = mayScan(useQuery(sessionQuery).data);
  const ask = () => void navigate({ search: (now) => ({ ...now, ask: 'new' }), resetScroll: false });
  const stopAsking = () => void navigate({ search: (now) => ({ ...now, ask: '' }), replace: true, resetScroll: false });
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
      {search.ask && mayAsk ? (
        <NewScanDialog
          from={firstScanOf(search.ask)}
          onClose={stopAsking}
          onMade={openScan}
          onScheduled={(schedule) => void navigate({ to: '/scans/schedules/$schedule', params: { schedule } })}
        />
      ) : null}
    </LivePage>
  );
}

/** What the fields hold at first when the address names a target; undefined when it names none. */
function firstScanOf(address: string): AskedScan | undefined {
  const { targets, faults } = readTargets(address);
  return faults.length > 0 ? undefined : { name: address, targets: [...targets], kinds: ['tcp', 'http'] };
}

function NewScanButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <button type="button" className="button" data-kind="main" onClick={onClick}>
      New scan
    </button>
  );
}
