import './scans.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { historyFile, historyQuery, historyShown, scansPollSeconds } from '../api/scans.ts';
import { LivePage } from '../app/LivePage.tsx';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { Section } from '../parts/Section.tsx';
import { Exports } from './Exports.tsx';
import { FindingTable } from './FindingTable.tsx';

const route = getRouteApi('/shell/scans/target');

/** One target: what was found there over time, newest first. */
export function TargetPage() {
  const { address = '', help } = route.useSearch();
  const navigate = route.useNavigate();
  const history = useQuery(historyQuery(address));
  const findings = history.data?.value.findings ?? [];
  useTitle(`${address} · Target`);
  return (
    <>
      <p className="way-back">
        <Link to="/scans">All scans</Link>
      </p>
      <LivePage
        title={address}
        help="scans"
        helpOpen={help === '1'}
        onHelp={(open) =>
          void navigate({ search: (now) => ({ ...now, help: open ? '1' : '' }), replace: true, resetScroll: false })
        }
        reading={history.data}
        error={history.error}
        everySeconds={scansPollSeconds}
        skeleton={<ListSkeleton />}
      >
        <div className="page-parts">
          <Section
            title="History"
            aside={findings.length === 0 ? undefined : <Exports fileOf={(format) => historyFile(address, format)} />}
          >
            {findings.length === 0 ? (
              <div className="empty">
                <p className="empty-title">Nothing is on record for this target</p>
                <p>No scan has found anything at {address} so far.</p>
              </div>
            ) : (
              <>
                <FindingTable findings={findings} withTarget={false} />
                {findings.length < historyShown ? null : (
                  <p className="quiet scan-hint">
                    The latest {historyShown} are shown here; the files have all of them.
                  </p>
                )}
              </>
            )}
          </Section>
        </div>
      </LivePage>
    </>
  );
}
