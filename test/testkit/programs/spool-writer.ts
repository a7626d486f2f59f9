import { writeSync } from 'node:fs';
import { silentLog } from '../../../src/base/index.ts';
import { Spool } from '../../../src/scanner/spool.ts';

// Keeps results for ever and tells each id on stdout once it is kept; spool.test.ts kills it.
const spool = await Spool.open({ folder: process.argv[2] ?? '', log: silentLog });
for (;;) {
  const jobId = crypto.randomUUID();
  const error = { code: 'probe_crashed', message: 'x'.repeat(900) };
  await spool.add(jobId, { outcome: 'failed', leaseId: jobId, error });
  writeSync(1, `${jobId}\n`);
}
