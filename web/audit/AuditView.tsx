import type { AuditLog } from '../../src/contract/index.ts';
import type { AuditSearch } from '../app/search.ts';
import { Pager } from '../parts/Pager.tsx';
import { Section } from '../parts/Section.tsx';
import { countOf } from '../parts/size.ts';
import { Unreadable } from '../parts/Unreadable.tsx';
import { AuditFilters } from './AuditFilters.tsx';
import { EventTable } from './EventTable.tsx';

export interface AuditViewProps {
  readonly log: AuditLog;
  readonly search: AuditSearch;
  /** True while what is shown answers an earlier filter. */
  readonly busy: boolean;
  readonly onSearch: (part: AuditSearch) => void;
  readonly onPage: (before: string) => void;
}

const noFilter = { actor: '', action: '', about: '', since: '', until: '', before: '' } as const;

/** The log on the page: what waits to be written, and what is written. Shows what it is given and asks nobody. */
export function AuditView(props: AuditViewProps) {
  const { log, search, onSearch, onPage } = props;
  return (
    <div className="page-parts">
      {log.waiting.length === 0 ? null : <Waiting log={log} />}
      <Section title="Events">
        <AuditFilters search={search} onSearch={onSearch} />
        <Events {...props} />
        <Pager label="Pages of the log" next={log.next} begun={Boolean(search.before)} onPage={onPage} />
      </Section>
    </div>
  );
}

function Events({ log, search, busy, onSearch }: Omit<AuditViewProps, 'onPage'>) {
  if (log.status === 'unknown') {
    return (
      <Unreadable title="The audit log cannot be read now" error={log.error}>
        <p>
          It is kept in the config database. What is done meanwhile stands in the log of each manager at once, and is
          written here as soon as the database takes it.
        </p>
      </Unreadable>
    );
  }
  if (log.events.length > 0) return <EventTable label="Events" events={log.events} busy={busy} />;
  return (
    <div className="empty">
      <p className="empty-title">{hasFilter(search) ? 'Nothing matches these filters' : 'Nothing has been done yet'}</p>
      {hasFilter(search) ? (
        <button type="button" className="button" onClick={() => onSearch(noFilter)}>
          Clear the filters
        </button>
      ) : (
        <p>The first entry comes with the first sign-in.</p>
      )}
    </div>
  );
}

function Waiting({ log: { waiting } }: Pick<AuditViewProps, 'log'>) {
  return (
    <Section title="Not written yet">
      <p className="audit-note">
        {countOf(waiting.length, 'event')} of this manager {waiting.length === 1 ? 'waits' : 'wait'} for the config
        database. Other managers may hold more.
      </p>
      <EventTable label="Events not written yet" events={waiting.slice(0, shownWaiting)} busy={false} />
    </Section>
  );
}

const shownWaiting = 50;

function hasFilter({ help: _help, before: _before, ...filters }: AuditSearch): boolean {
  return Object.values(filters).some(Boolean);
}
