import { DirectoryTarget } from '../../../src/backups/index.ts';

/** Publishes one folder as a bundle and says when it begins; for tests that kill it meanwhile. */
const [root = '', folder = '', id = ''] = process.argv.slice(2);
const target = new DirectoryTarget({ name: 'local', root, retention: { last: 1, daily: 0, weekly: 0, monthly: 0 } });
process.stdout.write('begins\n');
await target.publish(folder, id, { onBytes: () => undefined, signal: new AbortController().signal });
