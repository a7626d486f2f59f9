import { writeSync } from 'node:fs';
import {
  openJournals,
  restoreBundle,
  resumeRestore,
  undoRestore,
  type DatabaseUrls,
} from '../../../src/backups/index.ts';
import { Secret, systemClock } from '../../../src/base/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../../src/manifest/index.ts';
import { readDefinitions } from '../../../src/migrator/index.ts';
import { testEngines, testTarget } from '../take-bundle.ts';

/** What the program is told, as JSON in its one argument. */
export interface RestoreUntil {
  readonly action: 'restore' | 'resume' | 'back';
  /** Ends itself with SIGKILL at this moment, counted from 1; 0: never, and says each of them. */
  readonly killAt: number;
  readonly root: string;
  readonly urls: Readonly<
    Record<'owner' | 'app' | 'readonly', Readonly<Record<'config' | 'results' | 'jobs', string>>>
  >;
}

const { action, killAt, root, urls } = JSON.parse(process.argv[2] ?? '') as RestoreUntil;
const secrets = ({ config, results, jobs }: RestoreUntil['urls']['owner']): DatabaseUrls => ({
  config: new Secret(config),
  results: new Secret(results),
  jobs: new Secret(jobs),
});
let moments = 0;
const context = {
  urls: { owner: secrets(urls.owner), app: secrets(urls.app), readonly: secrets(urls.readonly) },
  folder: root,
  journals: openJournals(root),
  manifest: await readManifest(defaultManifestPath()),
  definitions: await readDefinitions(defaultMigrationsDir()),
  by: 'ada',
  host: 'a host that dies',
  clock: systemClock,
  signal: new AbortController().signal,
  report: () => undefined,
  settling: { atLeastMs: 0, atMostMs: 2000 },
  onMoment: (moment: string) => {
    moments += 1;
    if (killAt === 0 || moments === killAt) writeSync(1, `${moment}\n`);
    if (moments === killAt) process.kill(process.pid, 'SIGKILL');
  },
};
const terms = {
  targets: [testTarget(root)],
  cwd: root,
  engines: await testEngines(),
  unseal: undefined,
  onBytes: () => undefined,
};
const confirm = async (): Promise<boolean> => await Promise.resolve(true);
if (action === 'restore') await restoreBundle(context, { ...terms, bundle: 'latest', accepted: {}, confirm });
if (action === 'resume') await resumeRestore(context, terms);
if (action === 'back') await undoRestore(context);
