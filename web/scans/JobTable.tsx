import type { ScanJob } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Columns } from '../parts/Columns.tsx';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { jobLooks } from './findings.ts';
import { ScannerName } from './ScannerName.tsx';
import { addressOf } from './targets.ts';

const columns = ['Endpoint', 'Probe', 'State', 'Attempts', 'Held by', 'Ended'] as const;

/** One row a job, as it stands now. */
export function JobTable({ jobs, busy }: { readonly jobs: readonly ScanJob[]; readonly busy: boolean }) {
  return (
    <table className="table stacking jobs" aria-busy={busy}>
      <caption className="only-spoken">Jobs</caption>
      <Columns names={columns} />
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <th scope="row" className="mono">
              {addressOf(job)}
            </th>
            <Cell label="Probe">{job.kind}</Cell>
            <Cell label="State">
              <Status look={jobLooks[job.state]} />
              {job.error === null ? null : (
                <span className="scan-note">
                  {job.error.message} <code>{job.error.code}</code>
                </span>
              )}
            </Cell>
            <Cell label="Attempts">{job.attempts}</Cell>
            <Cell label="Held by">
              {job.scannerId === null ? (
                <span className="quiet">nobody</span>
              ) : (
                <ScannerName id={job.scannerId} name={job.scannerName} />
              )}
            </Cell>
            <Cell label="Ended">
              {job.endedAt === null ? <span className="quiet">no</span> : <Ago at={job.endedAt} />}
            </Cell>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
