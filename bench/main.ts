import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, totalmem } from 'node:os';
import { benchMigrators } from './migrators/suite.ts';
import { Secret } from '../src/base/index.ts';
import { benchBackups } from './backups.ts';
import { startCluster } from './cluster.ts';
import { benchFleet } from './fleet.ts';
import { benchSimulatedFleet } from './simulated-fleet.ts';
import { startStack } from './stack.ts';
import { benchRehearsal } from './rehearsal.ts';
import { benchReleaseApi } from './release-api.ts';

/** Runs the suites named on the command line (all by default) and puts their tables into docs/benchmarks.md. */
const page = 'docs/benchmarks.md';
const suites: Readonly<Record<string, () => Promise<string>>> = {
  migrators: async () => {
    await using cluster = await startCluster();
    return await benchMigrators(cluster.freshDatabases);
  },
  fleet: async () => {
    await using cluster = await startCluster();
    const { urls } = await cluster.freshDatabases();
    const [config = '', results = '', jobs = ''] = urls;
    return await benchFleet({ config: new Secret(config), results: new Secret(results), jobs: new Secret(jobs) });
  },
  'simulated-fleet': async () => await benchSimulatedFleet(),
  'release-api': async () => {
    await using stack = await startStack();
    return await benchReleaseApi(stack.url, stack.username, stack.password);
  },
  backups: async () => await benchBackups(),
  rehearsal: async () => await benchRehearsal(),
};

const asked = process.argv.slice(2);
const names = Object.keys(suites).filter((name) => asked.length === 0 || asked.includes(name));
if (names.length < asked.length)
  throw new Error(`suites: ${Object.keys(suites).join(', ')}; asked for: ${asked.join(', ')}`);
execFileSync('node', ['scripts/build.ts'], { stdio: 'inherit' });
for (const name of names) keepSection(name, (await suites[name]?.()) ?? '');

/** Replaces one suite's section of the page and leaves the others as they were. */
function keepSection(name: string, section: string): void {
  const open = `<!-- ${name} -->`;
  const close = `<!-- /${name} -->`;
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split(open);
  const after = rest?.split(close)[1];
  if (before === undefined || after === undefined) throw new Error(`${page} has no place marked ${open} … ${close}`);
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? arch()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
  writeFileSync(page, `${before}${open}\n\n${section}\nMeasured on ${machine}.\n\n${close}${after}`);
  process.stdout.write(`${section}\n`);
}
