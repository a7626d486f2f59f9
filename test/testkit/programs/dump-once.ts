import { openSnapshots } from '../../../src/backups/index.ts';
import { Secret } from '../../../src/base/index.ts';
import { dumpRequest, enginePairs } from '../../backups/engines.ts';

/** Dumps one database into a folder with the engine of this name and says how that ended; run with a limit on the size of files. */
const [url = '', folder = '', engineName = ''] = process.argv.slice(2);
const pair = enginePairs().find(({ engine }) => engine.name === engineName);
const { signal } = new AbortController();
const secret = new Secret(url);
await using snapshots = await openSnapshots({ config: secret, results: secret, jobs: secret }, signal);
const outcome = await pair?.engine.dump(dumpRequest(secret, snapshots.facts.jobs.snapshot, folder)).then(
  () => ({ code: 'none' }),
  (error: unknown) => error,
);
process.stdout.write(`outcome ${JSON.stringify(outcome)}\n`);
