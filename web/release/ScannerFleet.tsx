import type { ScannerGroup, Scanners } from '../../src/contract/index.ts';
import { Counter } from '../parts/Counters.tsx';
import { Section } from '../parts/Section.tsx';
import { countOf } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';
import { insideLook, outsideLook, windowWords } from '../parts/window.ts';
import { planBars } from './census.ts';
import { ProtocolChart } from './ProtocolChart.tsx';

/** Who is out there: scanners by protocol version against the window, and by binary version in a table. */
export function ScannerFleet({ scanners }: { readonly scanners: Scanners }) {
  return (
    <Section title="Scanner fleet" aside={`this release speaks ${windowWords(scanners.window)}`} className="fleet">
      <Content scanners={scanners} />
    </Section>
  );
}

function Content({ scanners }: { readonly scanners: Scanners }) {
  if (scanners.status === 'unknown') return <UnknownFleet scanners={scanners} />;
  if (scanners.total === 0) {
    return (
      <div className="empty">
        <p className="empty-title">No scanner has enrolled</p>
        <p>Once one does, its binary version and the protocol it speaks are counted here.</p>
      </div>
    );
  }
  return (
    <>
      <FleetCounts counts={scanners} />
      <div className="fleet-body">
        <ProtocolChart bars={planBars(scanners.groups, scanners.window)} window={scanners.window} />
        <GroupTable groups={scanners.groups} />
      </div>
    </>
  );
}

function UnknownFleet({ scanners: { error, lastKnown } }: { readonly scanners: Scanners }) {
  return (
    <Unreadable title="The fleet cannot be counted" error={error}>
      {lastKnown === null ? (
        <p>It has not been counted since this manager started.</p>
      ) : (
        <p>
          Last known: {countOf(lastKnown.counts.total, 'scanner')}, {lastKnown.counts.inWindow} inside and{' '}
          {lastKnown.counts.outsideWindow} outside the window, <Ago at={lastKnown.readAt} />.
        </p>
      )}
    </Unreadable>
  );
}

function FleetCounts({ counts }: { readonly counts: Pick<Scanners, 'total' | 'inWindow' | 'outsideWindow'> }) {
  return (
    <>
      <dl className="counters">
        <Counter name="Registered" count={counts.total} tone="plain" />
        <Counter name="Inside the window" count={counts.inWindow} tone="good" />
        <Counter
          name="Outside the window"
          count={counts.outsideWindow}
          tone={counts.outsideWindow > 0 ? 'bad' : 'plain'}
        />
      </dl>
      {counts.outsideWindow > 0 ? (
        <p className="fleet-note">
          {counts.outsideWindow === 1 ? 'The one outside gets' : 'Those outside get'} no jobs until upgraded; they still
          report in.
        </p>
      ) : null}
    </>
  );
}

function GroupTable({ groups }: { readonly groups: readonly ScannerGroup[] }) {
  const sorted = [...groups].sort((a, b) => b.protocolVersion - a.protocolVersion || b.count - a.count);
  return (
    // Too wide for a narrow screen, so it scrolls; what scrolls has to be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="table-scroll" tabIndex={0} aria-label="Scanners by version">
      <table className="table groups">
        <thead>
          <tr>
            <th scope="col">Binary</th>
            <th scope="col">Protocol</th>
            <th scope="col" className="number">
              Scanners
            </th>
            <th scope="col" className="number">
              Online
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((group) => (
            <tr key={`${group.binaryVersion} ${group.protocolVersion}`}>
              <td className="mono">{group.binaryVersion}</td>
              <td className="group-protocol">
                {group.protocolVersion} <Status look={group.inWindow ? insideLook : outsideLook} />
              </td>
              <td className="number">{group.count.toLocaleString('en')}</td>
              <td className="number">{group.online.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
