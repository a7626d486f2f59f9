import type { ListedScannerEntry, ScannerList as List } from '../../src/contract/index.ts';
import type { ScannersSearch } from '../app/search.ts';
import { Pager } from '../parts/Pager.tsx';
import { Section } from '../parts/Section.tsx';
import { ScannerFilters } from './ScannerFilters.tsx';
import { ScannerTable } from './ScannerTable.tsx';
import { describePage, hasFilter } from './wanted.ts';

export interface ScannerListProps {
  readonly list: List;
  readonly search: ScannersSearch;
  /** True while what is shown answers an earlier filter. */
  readonly busy: boolean;
  readonly onSearch: (part: ScannersSearch) => void;
  readonly onPage: (after: string) => void;
  readonly onOpen: (scanner: ListedScannerEntry) => void;
  /** Absent for those who may change nothing. */
  readonly onEnrol?: (() => void) | undefined;
}

const noFilter = {
  text: '',
  state: '',
  version: '',
  protocol: '',
  window: '',
  refused: '',
  clone: '',
  jobs: '',
  after: '',
} as const;

/** The scanners one by one, with filters above and the way to the next page below. */
export function ScannerList(props: ScannerListProps) {
  const { list, search, onSearch } = props;
  if (list.counts.total === 0 && list.scanners.length === 0 && !hasFilter(search)) return <NoScanner {...props} />;
  return (
    <Section title="Scanners">
      <ScannerFilters groups={list.counts.groups} search={search} onSearch={onSearch} />
      <output className="scanner-count">{describePage(list, search)}</output>
      {list.scanners.length === 0 ? (
        <div className="empty">
          <p className="empty-title">No scanner matches these filters</p>
          <button type="button" className="button" onClick={() => onSearch(noFilter)}>
            Clear the filters
          </button>
        </div>
      ) : (
        <ScannerTable scanners={list.scanners} busy={props.busy} onOpen={props.onOpen} />
      )}
      <Pager label="Pages of scanners" next={list.nextAfter} begun={Boolean(search.after)} onPage={props.onPage} />
    </Section>
  );
}

function NoScanner({ onEnrol }: ScannerListProps) {
  return (
    <Section title="Scanners">
      <div className="empty">
        <p className="empty-title">No scanner has enrolled</p>
        <p>
          A scanner is a program on a machine of yours that probes endpoints from there. It enrols with a token, appears
          here within seconds, and asks for jobs from then on.
        </p>
        {onEnrol === undefined ? (
          <p>An administrator makes the token on this page.</p>
        ) : (
          <button type="button" className="button" data-kind="main" onClick={onEnrol}>
            Enrol the first scanner
          </button>
        )}
      </div>
    </Section>
  );
}
