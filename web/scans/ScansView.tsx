import type { ScanList, Schedule } from '../../src/contract/index.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import type { ScansSearch } from '../app/search.ts';
import { Pager } from '../parts/Pager.tsx';
import { Section } from '../parts/Section.tsx';
import { ScanTable } from './ScanTable.tsx';
import type { OnDeed } from './ScheduleButtons.tsx';
import { ScheduleTable } from './ScheduleTable.tsx';

interface ScansViewProps {
  readonly list: ScanList;
  /** Undefined until they have been read. */
  readonly schedules: readonly Schedule[] | undefined;
  readonly schedulesError: Error | null;
  readonly search: ScansSearch;
  readonly busy: boolean;
  readonly onPage: (before: string) => void;
  /** Absent for those who may not ask for one. */
  readonly onNew?: (() => void) | undefined;
  /** Absent for those who may change no schedule. */
  readonly onDeed?: OnDeed | undefined;
}

/** The scans that were asked for, newest first, and what comes by schedule. Shows what it is given and asks nobody. */
export function ScansView(props: ScansViewProps) {
  const { list, search, busy, onPage, onNew, schedules = [], schedulesError } = props;
  return (
    <div className="page-parts">
      {schedules.length === 0 && schedulesError === null ? null : (
        <Section title="Schedules">
          {schedulesError === null ? null : <ErrorNotice error={schedulesError} />}
          {schedules.length === 0 ? null : <ScheduleTable schedules={schedules} onDeed={props.onDeed} />}
        </Section>
      )}
      <Section title="Scans">
        {list.scans.length === 0 ? <NoScan onNew={onNew} /> : <ScanTable scans={list.scans} busy={busy} />}
        <Pager label="Pages of scans" next={list.nextBefore} begun={Boolean(search.before)} onPage={onPage} />
      </Section>
    </div>
  );
}

function NoScan({ onNew }: Pick<ScansViewProps, 'onNew'>) {
  return (
    <div className="empty">
      <p className="empty-title">No scan has been asked for</p>
      <p>
        A scan probes endpoints of yours: is a port open, what does its TLS handshake show and when does its certificate
        expire, what does its HTTP answer lack.
      </p>
      {onNew === undefined ? null : (
        <button type="button" className="button" data-kind="main" onClick={onNew}>
          Ask for the first scan
        </button>
      )}
    </div>
  );
}
