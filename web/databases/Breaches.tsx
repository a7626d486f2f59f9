import type { Breach, DatabaseHealthReport } from '../../src/contract/index.ts';
import { Remedy } from '../parts/Copy.tsx';
import { Section } from '../parts/Section.tsx';
import { sentence } from '../parts/sentence.ts';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';
import { severityLooks } from './looks.ts';

const shown = 6;

/** What is out of order in one database, worst first, each with what to do; or why nobody can tell. */
export function Breaches({ report }: { readonly report: DatabaseHealthReport }) {
  const { name, breaches, error } = report;
  return (
    <Section title="Out of order" className="breaches" aside={<code>{report.target}</code>}>
      {error === null ? null : <Silent report={report} />}
      {breaches.length === 0 ? <Nothing report={report} /> : null}
      <List breaches={breaches.slice(0, shown)} />
      {breaches.length > shown ? (
        <details className="breaches-more">
          <summary>
            {breaches.length - shown} more in {name}
          </summary>
          <List breaches={breaches.slice(shown)} />
        </details>
      ) : null}
    </Section>
  );
}

function Silent({ report: { name, error, remedy, readAt } }: { readonly report: DatabaseHealthReport }) {
  return (
    <Unreadable title={`${name} cannot be read`} error={error}>
      <p>
        {readAt === null ? (
          'It has not been read since this manager started.'
        ) : (
          <>
            What stands below was read <Ago at={readAt} /> and may no longer be so.
          </>
        )}
      </p>
      <Remedy text={remedy} />
    </Unreadable>
  );
}

function Nothing({ report: { status, headline, error } }: { readonly report: DatabaseHealthReport }) {
  if (error !== null) return null;
  return (
    <p className="nothing">
      {status === 'ok' ? 'Nothing: every reading is within its threshold.' : sentence(headline)}
    </p>
  );
}

function List({ breaches }: { readonly breaches: readonly Breach[] }) {
  return (
    <ul className="breach-list">
      {breaches.map((breach) => (
        <li key={`${breach.code} ${breach.message}`} className="breach">
          <Status look={severityLooks[breach.severity]} />
          <div className="breach-words">
            <p>{sentence(breach.message)}</p>
            <Remedy text={breach.remedy} />
          </div>
        </li>
      ))}
    </ul>
  );
}
