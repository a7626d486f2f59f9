import { randomUUID } from 'node:crypto';
import type { JobKind, NewScan, Target } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';
import type { JobBody, JobQueue } from '../leases/queue.ts';
import { insertScan, insertScanJobs, type ScanOrigin } from './store.ts';

type Asked = Readonly<NewScan>;

/** Adds a scan with its jobs, in a transaction of the caller's; gives the id of the scan. */
export async function addScan(
  { transaction, queue }: { readonly transaction: Queryable; readonly queue: JobQueue },
  scan: Asked,
  origin: ScanOrigin,
): Promise<string> {
  const id = await insertScan(transaction, scan.name, origin);
  const planned = planJobs(id, scan);
  const rows = planned.map((job) => ({ id: job.id, kind: job.body.kind, target: job.body.target }));
  await insertScanJobs(transaction, id, rows);
  await queue.add(transaction, planned);
  return id;
}

/** One job for each target and kind. */
function planJobs(scanId: string, scan: Asked) {
  return scan.targets.flatMap((target) =>
    scan.kinds.map((kind) => ({
      id: randomUUID(),
      priority: scan.priority,
      body: planBody(scanId, { kind, target, timeoutMs: scan.timeoutMs }),
    })),
  );
}

function planBody(
  scanId: string,
  { kind, target, timeoutMs }: { kind: JobKind; target: Target; timeoutMs: number },
): JobBody {
  if (kind !== 'http') return { scanId, kind, target, options: { timeoutMs } };
  const scheme = target.port === 80 || target.port === 8080 ? 'http' : 'https';
  return { scanId, kind, target, options: { timeoutMs, scheme, path: '/', method: 'GET', maxRedirects: 5 } };
}
