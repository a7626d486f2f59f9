import './scans.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { scansPollSeconds, scansQuery } from '../api/scans.ts';
import { mayScan, sessionQuery } from '../api/session.ts';
import { LivePage } from '../app/LivePage.tsx';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { NewScanDialog } from './NewScanDialog.tsx';
import { ScansView } from './ScansView.tsx';

const route = getRouteApi('/shell/scans');

/** Scans: what was asked for, kept up to date. */
export function ScansPage() {
  useTitle('Scans');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const scans = useQuery(scansQuery(search.before ?? ''));
  const mayAsk = mayScan(useQuery(sessionQuery).data);
  const [asking, setAsking] = useState(false);
  const ask = () => setAsking(true);
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
      {scans.data === undefined ? null : (
        <ScansView
          list={scans.data.value}
          search={search}
          busy={scans.isPlaceholderData}
          onPage={(before) => void navigate({ search: (now) => ({ ...now, before }) })}
          onNew={mayAsk ? ask : undefined}
        />
      )}
      {asking ? (
        <NewScanDialog
          onClose={() => setAsking(false)}
          onMade={(scan) => void navigate({ to: '/scans/$scan', params: { scan: scan.id } })}
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
