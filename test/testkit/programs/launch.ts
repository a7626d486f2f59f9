import { Secret } from '../../../src/base/index.ts';
import { launchPostgres } from '../../../src/embedded/index.ts';

// Launches the cluster in the folder of its first argument, says so in one line of JSON, and then does nothing: tests
// kill it in every way they can think of.
const [home = ''] = process.argv.slice(2);
const postgres = await launchPostgres({ home, superuserPassword: new Secret('secret') });
const { pid, leftover } = postgres;
process.stdout.write(`${JSON.stringify({ pid, leftover, url: postgres.superuserUrl('postgres').reveal() })}\n`);
