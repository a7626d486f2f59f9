import './scans.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ScanDetail } from '../../src/contract/index.ts';
import { useChange } from '../api/change.ts';
import { cancelScan, findingsQuery, scanQuery, scansPollSeconds } from '../api/scans.ts';
import { mayScan, sessionQuery } from '../api/session.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { LivePage } from '../app/LivePage.tsx';
import { useTitle } from '../app/title.ts';
import { AskDialog } from '../parts/AskDialog.tsx';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { countOf } from '../parts/size.ts';
import { isOpen } from './findings.ts';
import { ScanView } from './ScanView.tsx';

const route = getRouteApi('/shell/scans/$scan');

/** One scan with its jobs and findings, kept up to date. */
export function ScanPage() {
  const { scan: id } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const scan = useQuery(scanQuery(id, search.after ?? ''));
  const findings = useQuery(findingsQuery(id));
  const mayChange = mayScan(useQuery(sessionQuery).data);
  const [cancelling, setCancelling] = useState(false);
  const shown = scan.data?.value;
  useTitle(shown === undefined ? 'Scan' : `${shown.name} · Scan`);
  return (
    <>
      <p className="way-back">
        <Link to="/scans">All scans</Link>
      </p>
      <LivePage
        title={shown?.name ?? 'Scan'}
        help="scans"
        helpOpen={search.help === '1'}
        onHelp={(open) =>
          void navigate({ search: (now) => ({ ...now, help: open ? '1' : '' }), replace: true, resetScroll: false })
        }
        reading={scan.data}
        error={scan.error}
        everySeconds={scansPollSeconds}
        actions={
          shown !== undefined && mayChange && isOpen(shown) ? (
            <button type="button" className="button" onClick={() => setCancelling(true)}>
              Cancel the scan
            </button>
          ) : null
        }
        skeleton={<ListSkeleton />}
      >
        {shown === undefined ? null : (
          <ScanView
            scan={shown}
            findings={findings.data?.findings}
            findingsError={findings.data === undefined ? findings.error : null}
            search={search}
            busy={scan.isPlaceholderData}
            onPage={(after) => void navigate({ search: (now) => ({ ...now, after }) })}
          />
        )}
        {shown !== undefined && cancelling ? <CancelDialog scan={shown} onClose={() => setCancelling(false)} /> : null}
      </LivePage>
    </>
  );
}

function CancelDialog({ scan, onClose }: { readonly scan: ScanDetail; readonly onClose: () => void }) {
  const cancelling = useChange([['scan', scan.id]], cancelScan, onClose);
  return (
    <AskDialog
      title="Cancel this scan?"
      keep="Let it go on"
      act="Cancel its jobs"
      busy={cancelling.isPending}
      error={cancelling.isError ? <ErrorNotice error={cancelling.error} /> : null}
      onClose={onClose}
      onAct={() => cancelling.mutate(scan.id)}
    >
      {countOf(scan.counts.queued + scan.counts.running, 'job')} of <strong>{scan.name}</strong> will not be done. What
      has been found stays.
    </AskDialog>
  );
}
