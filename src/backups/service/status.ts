import type { Clock } from '../../base/index.ts';
import type { BackupStatus } from '../../contract/index.ts';
import type { Catalogue } from './catalogue.ts';
import { listEntries } from './entries.ts';
import type { Runs } from './runs.ts';
import type { CatchUp } from './catch-up.ts';
import { describeTarget } from './target-state.ts';

const recentRuns = 20;

export interface StatusSources {
  readonly catalogue: Catalogue;
  readonly runs: Runs;
  readonly catchUp: Pick<CatchUp, 'stateOf'>;
  readonly clock: Clock;
  readonly startedAt: Date;
  readonly app: { readonly version: string; readonly imageSha: string };
  readonly maxAgeSeconds: number;
  /** IANA zone in which the days of retention begin. */
  readonly zone: string;
  /** What is known of the machine, of the schedules and of the keys. */
  readonly facts: () => Pick<
    BackupStatus,
    'engine' | 'engineError' | 'proveError' | 'takeSchedule' | 'proveSchedule' | 'keys'
  >;
}

/** The status of the service, from memory. */
export function describeStatus(sources: StatusSources): BackupStatus {
  const { catalogue, runs, clock } = sources;
  const now = clock.now();
  const shelves = catalogue.shelves();
  return {
    generatedAt: now.toISOString(),
    startedAt: sources.startedAt.toISOString(),
    appVersion: sources.app.version,
    imageSha: sources.app.imageSha,
    ...sources.facts(),
    current: runs.current(),
    recentRuns: runs.past().slice(0, recentRuns),
    maxAgeSeconds: sources.maxAgeSeconds,
    targets: describeTargets(sources),
    coverage: coverageOf(listEntries(shelves).bundles),
  };
}

/** All targets, the home first. */
export function describeTargets({ catalogue, catchUp, clock, zone }: StatusSources): BackupStatus['targets'] {
  const shelves = catalogue.shelves();
  const [home] = shelves;
  const now = clock.now();
  return shelves.map((shelf) =>
    describeTarget(shelf, { now, zone, home, catchUp: catchUp.stateOf(shelf.target.name) }),
  );
}

function coverageOf(bundles: ReturnType<typeof listEntries>['bundles']): BackupStatus['coverage'] {
  const verified = bundles.flatMap(({ verifiedAt }) => verifiedAt ?? []).sort();
  return {
    bundles: bundles.length,
    verified: verified.length,
    proven: bundles.filter(({ provenAt }) => provenAt !== null).length,
    oldestVerifiedAt: verified[0] ?? null,
  };
}
