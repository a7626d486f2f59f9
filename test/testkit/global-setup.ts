import type { TestProject } from 'vitest/node';
import { startTestCluster, type ClusterAddress, type TestCluster } from './cluster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: ClusterAddress;
  }
}

/** Projects of one run are set up in one process, one after the other: they share one cluster, the last one ends it. */
let shared: { cluster: TestCluster; users: number } | undefined;

/** Starts the run's Postgres and tells the workers where it is; gone with the run, even if the run is killed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared ??= { cluster: await startTestCluster(), users: 0 };
  shared.users += 1;
  project.provide('cluster', shared.cluster.address);
  return async () => {
    if (shared === undefined) return;
    shared.users -= 1;
    if (shared.users > 0) return;
    const { cluster } = shared;
    shared = undefined;
    await cluster.stop();
  };
}
