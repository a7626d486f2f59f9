import './release.css';
import './upgrade.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { posturePollSeconds, postureQuery } from '../api/posture.ts';
import { LivePage } from '../app/LivePage.tsx';
import type { ReleaseSearch } from '../app/search.ts';
import { useTitle } from '../app/title.ts';
import { HistorySection } from './HistorySection.tsx';
import { PastRelease } from './PastRelease.tsx';
import { ReleaseActions } from './ReleaseActions.tsx';
import { ReleaseSkeleton } from './ReleaseSkeleton.tsx';
import { ReleaseView } from './ReleaseView.tsx';

const route = getRouteApi('/shell/admin/release');

/** Admin > Release: asks for the posture every two seconds and shows the last one it got. */
export function ReleasePage() {
  const { data: reading, error } = useQuery(postureQuery);
  const headline = reading?.posture.verdict.headline;
  // The verdict in the tab's title, so that it can be watched from another tab.
  useTitle(headline === undefined ? 'Release' : `${headline} · Release`);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: ReleaseSearch) =>
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  return (
    <LivePage
      title="Release"
      help="release"
      helpOpen={search.help === '1'}
      onHelp={(open) => change({ help: open ? '1' : '' })}
      reading={reading}
      error={error}
      everySeconds={posturePollSeconds}
      actions={reading && !search.at ? <ReleaseActions posture={reading.posture} /> : null}
      skeleton={<ReleaseSkeleton />}
    >
      {reading && search.at ? <PastRelease time={search.at} search={search} onSearch={change} /> : null}
      {reading && !search.at ? (
        <ReleaseView
          posture={reading.posture}
          search={search}
          onSearch={change}
          history={<HistorySection search={search} onSearch={change} />}
        />
      ) : null}
    </LivePage>
  );
}
