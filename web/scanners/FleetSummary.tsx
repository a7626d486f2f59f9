import type { ScannerList } from '../../src/contract/index.ts';
import { Counter } from '../parts/Counters.tsx';
import { Section } from '../parts/Section.tsx';
import { windowWords } from '../parts/window.ts';

/** The whole fleet in four numbers, whatever the filters below say. */
export function FleetSummary({ list: { counts, window } }: { readonly list: ScannerList }) {
  const awake = counts.outsideWindow - counts.outsideAsleep;
  return (
    <Section title="Fleet" aside={`this release speaks ${windowWords(window)}`}>
      <dl className="counters">
        <Counter name="Registered" count={counts.total} tone="plain" />
        <Counter name="Inside the window" count={counts.inWindow} tone="good" />
        <Counter name="Outside, reporting in" count={awake} tone={awake > 0 ? 'bad' : 'plain'} />
        <Counter
          name="Outside, not online now"
          count={counts.outsideAsleep}
          tone={counts.outsideAsleep > 0 ? 'warn' : 'plain'}
        />
      </dl>
      {counts.outsideWindow === 0 ? null : (
        <p className="fleet-note">
          A scanner outside the window is seen and gets no jobs until it is upgraded. One that is not online now will
          come back outside.
        </p>
      )}
    </Section>
  );
}
