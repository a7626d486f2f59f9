import './audit.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { auditFile, auditQuery, type WantedEvents } from '../api/audit.ts';
import { calmPollSeconds } from '../api/poll.ts';
import { LivePage } from '../app/LivePage.tsx';
import type { AuditSearch } from '../app/search.ts';
import { useTitle } from '../app/title.ts';
import { Icon } from '../parts/Icon.tsx';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { useSettled } from '../parts/settled.ts';
import { AuditView } from './AuditView.tsx';

const route = getRouteApi('/shell/admin/audit');
const typingPauseMs = 250;

/** Admin > Audit: who did what, newest first, by filter. */
export function AuditPage() {
  useTitle('Audit');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const wanted = useSettled(JSON.stringify(wantedOf(search)), typingPauseMs);
  const asked = JSON.parse(wanted) as WantedEvents;
  const log = useQuery(auditQuery(asked));
  const change = (part: AuditSearch) =>
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  return (
    <LivePage
      title="Audit"
      help="audit"
      helpOpen={search.help === '1'}
      onHelp={(open) => change({ help: open ? '1' : '' })}
      reading={log.data}
      error={log.error}
      everySeconds={calmPollSeconds}
      actions={
        <a className="button" href={auditFile(asked)} download>
          <Icon name="download" />
          Export as CSV
        </a>
      }
      skeleton={<ListSkeleton />}
    >
      {log.data === undefined ? null : (
        <AuditView
          log={log.data.value}
          search={search}
          busy={log.isPlaceholderData}
          onSearch={change}
          onPage={(before) => void navigate({ search: (now) => ({ ...now, before }) })}
        />
      )}
    </LivePage>
  );
}

function wantedOf({ help: _help, ...filters }: AuditSearch): WantedEvents {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));
}
