import './home.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Session } from '../../src/contract/index.ts';
import { posturePollSeconds, postureQuery } from '../api/posture.ts';
import { findingsQuery, scansPollSeconds, scansQuery } from '../api/scans.ts';
import { mayAdminister, mayScan, sessionQuery } from '../api/session.ts';
import { LivePage } from '../app/LivePage.tsx';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { HomeView } from './HomeView.tsx';

const route = getRouteApi('/shell/');

/** The home page: the posture in small, what scans have found last, and the first steps while there are any. */
export function HomePage() {
  const { data: session } = useQuery(sessionQuery);
  const reads = session?.role === 'admin' || session?.role === 'auditor';
  const posture = useQuery({ ...postureQuery, enabled: reads });
  const scans = useQuery(scansQuery(''));
  const newest = scans.data?.value.scans.find(({ counts }) => counts.done > 0);
  const findings = useQuery({ ...findingsQuery(newest?.id ?? ''), enabled: newest !== undefined });
  const headline = posture.data?.posture.verdict.headline;
  useTitle(headline === undefined ? 'Home' : `${headline} · Home`);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const main = reads ? posture : scans;
  return (
    <LivePage
      title="Home"
      help="home"
      helpOpen={search.help === '1'}
      onHelp={(open) => void navigate({ search: { help: open ? '1' : '' }, replace: true, resetScroll: false })}
      reading={main.data}
      error={main.error}
      everySeconds={reads ? posturePollSeconds : scansPollSeconds}
      skeleton={<ListSkeleton />}
    >
      <HomeView
        posture={reads ? posture.data?.posture : null}
        scans={scans.error === null ? scans.data?.value.scans : undefined}
        scansError={scans.error}
        newest={newest}
        findings={newest === undefined ? [] : findings.data?.findings}
        may={mayOf(session)}
      />
    </LivePage>
  );
}

function mayOf(session: Session | null | undefined) {
  return { scan: mayScan(session), administer: mayAdminister(session) };
}
