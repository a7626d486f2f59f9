import { parseArgs } from 'node:util';
import { runChaos } from '../test/chaos/run.ts';

// Kills the manager, the scanners and Postgres at random under load, and gives an account of every job:
// node scripts/chaos-fleet.ts [--seconds 300] [--seed N]
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '300' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const started = performance.now();
const say = (line: string): void => {
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
};
say(`seed ${seed}`);
const report = await runChaos({ seed, durationMs: Number(values.seconds) * 1000, hurry: false, say });
process.stdout.write(`${JSON.stringify({ seed, ...report }, null, 2)}\n`);
process.exitCode = report.faults.length === 0 ? 0 : 1;
