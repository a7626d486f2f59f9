import './settings.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { calmPollSeconds } from '../api/poll.ts';
import { settingsQuery } from '../api/settings.ts';
import { LivePage } from '../app/LivePage.tsx';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { SettingsView } from './SettingsView.tsx';

const route = getRouteApi('/shell/admin/settings');

/** Admin > Settings: what the manager that answers was started with; only reads. */
export function SettingsPage() {
  useTitle('Settings');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const settings = useQuery(settingsQuery);
  return (
    <LivePage
      title="Settings"
      help="settings"
      helpOpen={search.help === '1'}
      onHelp={(open) => void navigate({ search: { help: open ? '1' : '' }, replace: true, resetScroll: false })}
      reading={settings.data}
      error={settings.error}
      everySeconds={calmPollSeconds}
      skeleton={<ListSkeleton />}
    >
      {settings.data === undefined ? null : <SettingsView settings={settings.data.value} />}
    </LivePage>
  );
}
