import type { ClosedPart, GateState as State } from '../../src/contract/index.ts';
import { Section } from '../parts/Section.tsx';
import { Status, type Look } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';

const open: Look = { tone: 'good', icon: 'check', word: 'open' };
const closed: Look = { tone: 'bad', icon: 'lock', word: 'closed' };

const partNames: Readonly<Record<string, string>> = {
  product: 'Product routes (scans and their results)',
  leases: 'Job leases (scanners get no new work)',
};

/** Which cause it is; what exactly is the matter stands in the verdict above and on the database's card below. */
const causeWords: Readonly<Record<ClosedPart['code'], (database: string) => string>> = {
  schema_behind: (database) => `${database} is behind`,
  schema_ahead: (database) => `${database} is too new for this release`,
  schema_unknown: (database) => `${database} cannot be read`,
  schema_dirty: (database) => `${database} has an interrupted migration`,
  maintenance: () => 'the deployment is under maintenance',
};

/** What is switched off right now, why, and since when. */
export function GateState({ gate }: { readonly gate: State }) {
  if (gate.open && gate.closedParts.length === 0) {
    return (
      <section className="section gate-open" aria-labelledby="gate" data-field="Gate">
        <h2 id="gate">Gate</h2>
        <Status look={open} />
        <p className="quiet">Nothing is switched off: product routes answer and scanners get jobs.</p>
      </section>
    );
  }
  return (
    <Section title="Gate" aside={<Status look={closed} />}>
      <p className="gate-about">
        The manager does not work on a schema it was not made for. The Admin pages stay open; the rest comes back by
        itself within seconds of the cause going away.
      </p>
      <ul className="gate-parts">
        {groupByCauses(gate.closedParts).map(({ parts, causes }) => (
          <ClosedParts key={parts.join(' ')} parts={parts} causes={causes} />
        ))}
      </ul>
    </Section>
  );
}

interface CausedParts {
  readonly parts: readonly string[];
  readonly causes: readonly ClosedPart[];
}

/** Parts that are off for the very same causes stand together; most often that is all of them. */
function groupByCauses(closedParts: readonly ClosedPart[]): CausedParts[] {
  const byPart = [...Map.groupBy(closedParts, (each) => each.part)];
  const byCauses = Map.groupBy(byPart, ([, causes]) => causes.map((each) => `${each.database} ${each.code}`).join());
  return [...byCauses.values()].map((same) => ({ parts: same.map(([part]) => part), causes: same[0]?.[1] ?? [] }));
}

function ClosedParts({ parts, causes }: CausedParts) {
  return (
    <li className="gate-part">
      <h3>Off: {parts.map((part) => partNames[part] ?? part).join(', ')}</h3>
      <ul>
        {causes.map((cause) => (
          <li key={`${cause.database} ${cause.code}`}>
            {causeWords[cause.code](cause.database)}{' '}
            <span className="quiet">
              (<code>{cause.code}</code>), since <Ago at={cause.since} />
            </span>
          </li>
        ))}
      </ul>
    </li>
  );
}
