import type { AuditEntry } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Columns } from '../parts/Columns.tsx';
import { Status, type Look } from '../parts/Status.tsx';
import { span } from '../parts/time.ts';
import { Ago, Moment } from '../parts/Time.tsx';
import { visible } from '../parts/visible.ts';
import { actionWords } from './words.ts';

interface EventTableProps {
  readonly label: string;
  readonly events: readonly AuditEntry[];
  readonly busy: boolean;
}

const columns = ['When', 'Who', 'What', 'About', 'Details'] as const;

const lateLook: Look = { tone: 'warn', icon: 'warning', word: 'written late' };

/** One row an event. Names and details are shown with every character to be seen: strangers choose some of them. */
export function EventTable({ label, events, busy }: EventTableProps) {
  return (
    <table className="table stacking events" aria-busy={busy}>
      <caption className="only-spoken">{label}</caption>
      <Columns names={columns} />
      <tbody>
        {events.map((event, index) => (
          <Row key={event.id ?? `${event.happenedAt} ${index}`} event={event} />
        ))}
      </tbody>
    </table>
  );
}

const waysIn: Readonly<Record<AuditEntry['actorMethod'], string>> = {
  password: 'by password',
  oidc: 'by single sign-on',
  token: 'by API token',
  recovery: 'by recovery token',
  command: 'in a terminal',
  system: 'by itself',
};

function Row({ event }: { readonly event: AuditEntry }) {
  return (
    <tr>
      <Cell label="When">
        <Moment at={event.happenedAt} />
        <span className="audit-note">
          <Ago at={event.happenedAt} />
        </span>
        {event.waitedSeconds === null ? null : (
          <span className="audit-mark">
            <Status look={lateLook} />
            <span className="audit-note">waited {span(event.waitedSeconds)} for the config database</span>
          </span>
        )}
      </Cell>
      <Cell label="Who" className="audit-who">
        <bdi>{visible(event.actor)}</bdi>
        <span className="audit-note">{waysIn[event.actorMethod]}</span>
      </Cell>
      <Cell label="What">
        {actionWords[event.action]}
        <span className="audit-note">
          <code>{visible(event.action)}</code>
        </span>
      </Cell>
      <Cell label="About">
        {event.subject === null || event.subject === event.actor ? (
          <span className="quiet">–</span>
        ) : (
          <bdi>{visible(event.subject)}</bdi>
        )}
      </Cell>
      <Cell label="Details">
        <Details details={event.details} />
      </Cell>
    </tr>
  );
}

function Details({ details }: Pick<AuditEntry, 'details'>) {
  const entries = Object.entries(details);
  if (entries.length === 0) return <span className="quiet">–</span>;
  return (
    <ul className="audit-details">
      {entries.map(([name, value]) => (
        <li key={name}>
          <span className="quiet">{visible(name)}</span> <bdi>{shown(value)}</bdi>
        </li>
      ))}
    </ul>
  );
}

function shown(value: unknown): string {
  return visible(typeof value === 'string' ? value : JSON.stringify(value));
}
