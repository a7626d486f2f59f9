import { Link } from '@tanstack/react-router';
import type { Found } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Columns } from '../parts/Columns.tsx';
import { Status } from '../parts/Status.tsx';
import { Ago, Moment } from '../parts/Time.tsx';
import { certificateLook, describeFinding } from './findings.ts';
import { ScannerName } from './ScannerName.tsx';

interface FindingTableProps {
  readonly findings: readonly Found[];
  /** False where all of them are of one target. */
  readonly withTarget: boolean;
}

/** One row a finding, in the order given. */
export function FindingTable({ findings, withTarget }: FindingTableProps) {
  const columns = [...(withTarget ? ['Target'] : []), 'Certificate', 'Kind', 'Found', 'Seen'];
  return (
    <table className="table stacking findings">
      <caption className="only-spoken">Findings</caption>
      <Columns names={columns} />
      <tbody>
        {findings.map((found) => (
          <Row key={`${found.jobId} ${found.foundAt} ${found.finding.kind}`} found={found} withTarget={withTarget} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ found, withTarget }: { readonly found: Found; readonly withTarget: boolean }) {
  const { look, words } = describeFinding(found.finding);
  const certificate = certificateLook(found);
  return (
    <tr>
      {withTarget ? (
        <th scope="row" className="mono">
          <Link to="/scans/target" search={{ address: found.address }} title="All that was found there">
            {found.address}
          </Link>
        </th>
      ) : null}
      <Cell label="Certificate">
        {certificate === null ? <span className="quiet">none shown</span> : <Status look={certificate} />}
        {found.certificateExpiresAt === null ? null : (
          <span className="scan-note">
            until <Moment at={found.certificateExpiresAt} />
          </span>
        )}
      </Cell>
      <Cell label="Kind">{found.finding.kind}</Cell>
      <Cell label="Found">
        <Status look={look} /> <span className="scan-note">{words}</span>
      </Cell>
      <Cell label="Seen">
        <Ago at={found.foundAt} />
        <span className="scan-note">
          by <ScannerName id={found.scannerId} name={found.scannerName} />
        </span>
      </Cell>
    </tr>
  );
}
