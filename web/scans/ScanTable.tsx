import { Link } from '@tanstack/react-router';
import type { Scan } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Columns } from '../parts/Columns.tsx';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { scanLook } from './findings.ts';

/** One row a scan, newest first. */
export function ScanTable({ scans, busy }: { readonly scans: readonly Scan[]; readonly busy: boolean }) {
  return (
    <table className="table stacking scans" aria-busy={busy}>
      <caption className="only-spoken">Scans</caption>
      <Columns names={['Name', 'Progress', 'Requested']} />
      <tbody>
        {scans.map((scan) => (
          <tr key={scan.id}>
            <th scope="row">
              <Link to="/scans/$scan" params={{ scan: scan.id }}>
                {scan.name}
              </Link>
            </th>
            <Cell label="Progress">
              <Status look={scanLook(scan)} />
              <span className="scan-note">
                {(scan.counts.total - scan.counts.queued - scan.counts.running).toLocaleString('en')} of{' '}
                {scan.counts.total.toLocaleString('en')} jobs ended
              </span>
            </Cell>
            <Cell label="Requested">
              <Ago at={scan.createdAt} /> by {scan.requestedBy}
              {scan.schedule === null ? null : <span className="scan-note">schedule {scan.schedule.name}</span>}
            </Cell>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
