import type { Found, ScanDetail } from '../../src/contract/index.ts';
import { findingsPath, findingsShown } from '../api/scans.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import type { ScansSearch } from '../app/search.ts';
import { Counter } from '../parts/Counters.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Pager } from '../parts/Pager.tsx';
import { Section } from '../parts/Section.tsx';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { FindingTable } from './FindingTable.tsx';
import { isOpen, scanLook } from './findings.ts';
import { JobTable } from './JobTable.tsx';

const mostExported = 50_000;

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
      <Section title="Findings" aside={<Exports id={scan.id} />}>
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
        Asked for <Ago at={scan.createdAt} /> by {scan.requestedBy}.
      </p>
    </Section>
  );
}

function Exports({ id }: { readonly id: string }) {
  return (
    <span className="exports">
      {(['csv', 'json'] as const).map((format) => (
        <a
          key={format}
          className="button"
          href={findingsPath(id, format, mostExported)}
          download={`scan-${id}.${format}`}
        >
          <Icon name="download" />
          {format.toUpperCase()}
        </a>
      ))}
    </span>
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
