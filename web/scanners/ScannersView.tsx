import type { EnrolmentTokensProps } from './EnrolmentTokens.tsx';
import { EnrolmentTokens } from './EnrolmentTokens.tsx';
import { FleetSummary } from './FleetSummary.tsx';
import { ScannerList, type ScannerListProps } from './ScannerList.tsx';

interface ScannersViewProps extends ScannerListProps {
  readonly tokens: EnrolmentTokensProps;
}

/** The fleet on the page: its sums, the scanners one by one, and what more can enrol with. Shows what it is given and asks nobody. */
export function ScannersView({ tokens, ...props }: ScannersViewProps) {
  return (
    <div className="page-parts">
      <FleetSummary list={props.list} />
      <ScannerList {...props} />
      <EnrolmentTokens {...tokens} />
    </div>
  );
}
