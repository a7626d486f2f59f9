import { Link } from '@tanstack/react-router';
import type { QueuedJobs, ScannerGroup, Scanners } from '../../src/contract/index.ts';
import { Counter } from '../parts/Counters.tsx';
import { Notice, Section } from '../parts/Section.tsx';
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
        <QueuedJobsNote queuedJobs={scanners.queuedJobs} />
      </div>
    );
  }
  return (
    <>
      <FleetCounts counts={scanners} />
      <QueuedJobsNote queuedJobs={scanners.queuedJobs} />
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

type Counts = Pick<Scanners, 'total' | 'inWindow' | 'outsideWindow' | 'outsideAsleep'>;

function FleetCounts({ counts }: { readonly counts: Counts }) {
  const { outsideWindow, outsideAsleep } = counts;
  return (
    <>
      <dl className="counters">
        <Counter name="Registered" count={counts.total} tone="plain" />
        <Counter name="Inside the window" count={counts.inWindow} tone="good" />
        <Counter name="Outside the window" count={outsideWindow} tone={outsideWindow > 0 ? 'bad' : 'plain'} />
        <Counter name="Outside, not online now" count={outsideAsleep} tone={outsideAsleep > 0 ? 'warn' : 'plain'} />
      </dl>
      {outsideWindow > 0 ? (
        <p className="fleet-note">
          {outsideWindow === 1 ? 'The one outside gets' : 'Those outside get'} no jobs until upgraded.{' '}
          {outsideAsleep > 0 ? `${countOf(outsideAsleep, 'scanner')} not online now will come back outside. ` : null}
          <Link to="/admin/scanners" search={{ window: 'out' }}>
            See which they are
          </Link>
        </p>
      ) : null}
    </>
  );
}

/** What waits in the queue, and whether anybody is there who could take it. */
function QueuedJobsNote({ queuedJobs }: { readonly queuedJobs: QueuedJobs }) {
  const { status, total, more, withoutScanner, error } = queuedJobs;
  if (status === 'unknown' || total === null || withoutScanner === null)
    return <Unreadable title="Whether queued jobs have an eligible scanner is not known" error={error} />;
  if (withoutScanner > 0) {
    return (
      <Notice tone="warn" title={`${haveOf(withoutScanner, more)} no eligible scanner`}>
        <p>No scanner that speaks a supported protocol is online. The jobs wait; none is lost.</p>
      </Notice>
    );
  }
  const words = total === 0 ? 'No job waits for a scanner.' : `${haveOf(total, more)} an eligible scanner.`;
  return <p className="fleet-note">{words}</p>;
}

function haveOf(jobs: number, more: boolean): string {
  return `${more ? 'More than ' : ''}${countOf(jobs, 'queued job')} ${jobs === 1 ? 'has' : 'have'}`;
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
