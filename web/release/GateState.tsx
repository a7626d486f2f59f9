import type { ClosedPart, GateState as State } from '../../src/contract/index.ts';
import { Section } from '../parts/Section.tsx';
import { Status, type Look } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';

const open: Look = { tone: 'good', icon: 'check', word: 'open' };
const closed: Look = { tone: 'bad', icon: 'lock', word: 'closed' };

const parts: Readonly<Record<string, string>> = {
  product: 'Product routes (scans and their results)',
  leases: 'Job leases (scanners get no new work)',
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
  const byPart = [...Map.groupBy(gate.closedParts, (each) => each.part)];
  return (
    <Section title="Gate" aside={<Status look={closed} />}>
      <p className="gate-about">
        The manager does not work on a schema it was not made for. The Admin pages stay open; the rest comes back by
        itself within seconds of the cause going away.
      </p>
      <ul className="gate-parts">
        {byPart.map(([part, causes]) => (
          <ClosedPartItem key={part} part={part} causes={causes} />
        ))}
      </ul>
    </Section>
  );
}

function ClosedPartItem({ part, causes }: { readonly part: string; readonly causes: readonly ClosedPart[] }) {
  return (
    <li className="gate-part">
      <h3>{parts[part] ?? part}</h3>
      <ul>
        {causes.map((cause) => (
          <li key={`${cause.database} ${cause.code}`}>
            <strong>{cause.database}</strong> {cause.message}{' '}
            <span className="quiet">
              <code>{cause.code}</code>, since <Ago at={cause.since} />
            </span>
          </li>
        ))}
      </ul>
    </li>
  );
}
