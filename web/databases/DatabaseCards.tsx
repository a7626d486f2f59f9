import type { DatabaseHealthReport, DatabaseName } from '../../src/contract/index.ts';
import { sentence } from '../parts/sentence.ts';
import { size } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { healthLooks } from './looks.ts';
import { millis } from './words.ts';

interface CardsProps {
  readonly databases: readonly DatabaseHealthReport[];
  readonly chosen: DatabaseName;
  readonly onChoose: (name: DatabaseName) => void;
}

/** Every database at a glance; choosing one shows its parts below. */
export function DatabaseCards({ databases, chosen, onChoose }: CardsProps) {
  return (
    <section className="health-cards" aria-label="Databases" data-field="Databases">
      <h2 className="only-spoken">Databases</h2>
      {databases.map((report) => (
        <Card
          key={report.name}
          report={report}
          isChosen={report.name === chosen}
          onChoose={() => onChoose(report.name)}
        />
      ))}
    </section>
  );
}

interface CardProps {
  readonly report: DatabaseHealthReport;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Card({ report, isChosen, onChoose }: CardProps) {
  const { name, status, headline, error, readAt, breaches } = report;
  const look = healthLooks[status];
  const more = breaches.filter(({ severity }) => severity !== 'info').length - 1;
  return (
    <div className="health-card" data-tone={look.tone} data-chosen={isChosen}>
      <h3>
        <button type="button" className="health-choose" aria-pressed={isChosen} onClick={onChoose}>
          {name}
        </button>
      </h3>
      <Status look={look} />
      <p className="health-headline">
        {sentence(headline)}
        {error === null && more > 0 ? <span className="quiet"> And {more} more.</span> : null}
      </p>
      <p className="health-numbers">
        {error === null ? (
          <Numbers report={report} />
        ) : readAt === null ? (
          'Never read so far.'
        ) : (
          <LastRead at={readAt} />
        )}
      </p>
    </div>
  );
}

function LastRead({ at }: { readonly at: string }) {
  return (
    <>
      Last answered <Ago at={at} />.
    </>
  );
}

function Numbers({ report: { sections } }: { readonly report: DatabaseHealthReport }) {
  const { server, size: bytes, connections } = sections;
  const numbers = [
    server.value === null ? null : `answers in ${millis(server.value.connectMs)}`,
    bytes.value === null ? null : size(bytes.value.bytes),
    connections.value === null ? null : `${connections.value.used} of ${connections.value.limit} connections`,
  ];
  return numbers.filter((each) => each !== null).join(' · ');
}
