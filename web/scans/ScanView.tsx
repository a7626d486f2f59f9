import { Link } from '@tanstack/react-router';
import type { Found, ScanDetail } from '../../src/contract/index.ts';
import { findingsFile, findingsShown } from '../api/scans.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import type { ScansSearch } from '../app/search.ts';
import { Counter } from '../parts/Counters.tsx';
import { Pager } from '../parts/Pager.tsx';
import { Section } from '../parts/Section.tsx';
import { Status } from '../parts/Status.tsx';
import { Ago, Moment } from '../parts/Time.tsx';
import { Exports } from './Exports.tsx';
import { FindingTable } from './FindingTable.tsx';
import { isOpen, scanLook } from './findings.ts';
import { JobTable } from './JobTable.tsx';

interface ScanViewProps {
  readonly scan: ScanDetail;
  /** Undefined until they have been read. */
  readonly findings: readonly Found[] | undefined;
  readonly findingsError: Error | null;
  readonly search: ScansSearch;
  readonly busy: boolean;
  readonly onPage: (after: string) => void;
}

/** One scan: how far it is, what it found, its jobs. Shows what it is given and asks nobody. */
export function ScanView({ scan, findings, findingsError, search, busy, onPage }: ScanViewProps) {
  return (
    <div className="page-parts">
      <Progress scan={scan} />
      <Section title="Findings" aside={<Exports fileOf={(format) => findingsFile(scan.id, format)} />}>
        {findingsError === null ? null : <ErrorNotice error={findingsError} />}
        {findings === undefined ? null : <Findings scan={scan} findings={findings} />}
      </Section>
      <Section title="Jobs">
        <JobTable jobs={scan.jobs} busy={busy} />
        <Pager label="Pages of jobs" next={scan.nextAfter} begun={Boolean(search.after)} onPage={onPage} />
      </Section>
    </div>
  );
}

function Progress({ scan }: { readonly scan: ScanDetail }) {
  const { counts } = scan;
  return (
    <Section title="Progress" aside={<Status look={scanLook(scan)} />}>
      <dl className="counters">
        <Counter name="Jobs" count={counts.total} tone="plain" />
        <Counter name="Queued" count={counts.queued} tone="plain" />
        <Counter name="Running" count={counts.running} tone="plain" />
        <Counter name="Done" count={counts.done} tone="good" />
        <Counter name="Failed" count={counts.failed} tone={counts.failed > 0 ? 'bad' : 'plain'} />
        <Counter name="Cancelled" count={counts.cancelled} tone="plain" />
      </dl>
      <p className="fleet-note">
        Asked for <Ago at={scan.createdAt} /> by {scan.requestedBy}
        {scan.schedule === null ? null : (
          <>
            {', '}
            {scan.schedule.dueAt === null ? 'run by hand from' : 'by'} the schedule{' '}
            <Link to="/scans/schedules/$schedule" params={{ schedule: scan.schedule.id }}>
              {scan.schedule.name}
            </Link>
            {scan.schedule.dueAt === null ? null : (
              <>
                , due <Moment at={scan.schedule.dueAt} />
              </>
            )}
          </>
        )}
        .
      </p>
    </Section>
  );
}

function Findings({ scan, findings }: { readonly scan: ScanDetail; readonly findings: readonly Found[] }) {
  if (findings.length === 0) {
    return (
      <div className="empty">
        <p className="empty-title">{isOpen(scan) ? 'Nothing has been found yet' : 'Nothing was found'}</p>
        <p>
          {isOpen(scan)
            ? 'What scanners report shows here as it comes in. If nothing moves, see on Admin > Scanners whether one is online and inside the window.'
            : 'No job of this scan brought a result; the jobs below say why.'}
        </p>
      </div>
    );
  }
  return (
    <>
      <FindingTable findings={findings} withTarget />
      {findings.length < findingsShown ? null : (
        <p className="quiet scan-hint">The first {findingsShown} are shown here; the files have all of them.</p>
      )}
    </>
  );
}
