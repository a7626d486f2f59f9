import './databases.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { databasesPollSeconds, databasesQuery } from '../api/databases.ts';
import { LivePage } from '../app/LivePage.tsx';
import type { DatabasesSearch } from '../app/search.ts';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { DatabasesView } from './DatabasesView.tsx';

const route = getRouteApi('/shell/admin/databases');

/** Admin > Database Status: the live health of each database, kept up to date. */
export function DatabasesPage() {
  useTitle('Database Status');
  const { data, error } = useQuery(databasesQuery);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: DatabasesSearch) =>
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  return (
    <LivePage
      title="Database Status"
      help="database-status"
      helpOpen={search.help === '1'}
      onHelp={(open) => change({ help: open ? '1' : '' })}
      reading={data}
      error={error}
      everySeconds={databasesPollSeconds}
      skeleton={<ListSkeleton />}
    >
      {data === undefined ? null : (
        <DatabasesView status={data.value} wanted={search.db} onChoose={(db) => change({ db })} />
      )}
    </LivePage>
  );
}
