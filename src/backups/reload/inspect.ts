import { databaseNames, type DatabaseName } from '../../contract/index.ts';
import { readDrift } from '../../migrator/index.ts';
import { connect, disconnect, targetOf } from '../../postgres/index.ts';
import type { Secret } from '../../base/index.ts';
import { openSnapshots } from '../engine/index.ts';
import type { DatabaseUrls } from '../types.ts';
import type { RestoredBundle, RestoredDatabase } from './compare.ts';

/** Reads what three restored databases hold, with the very code that read it when the bundle was taken. */
export async function inspectRestored(urls: DatabaseUrls, signal: AbortSignal): Promise<RestoredBundle> {
  await using snapshots = await openSnapshots(urls, signal);
  const databases = await Promise.all(
    databaseNames.map(async (name): Promise<[DatabaseName, RestoredDatabase]> => {
      const facts = snapshots.facts[name];
      const tables = await snapshots.countTables(name, signal);
      return [name, { ...facts, tables, drifted: await readDrifted(name, urls[name]) }];
    }),
  );
  return {
    databases: Object.fromEntries(databases) as Record<DatabaseName, RestoredDatabase>,
    crossChecks: await snapshots.checkReferences(signal),
  };
}

async function readDrifted(name: DatabaseName, url: Secret): Promise<string[]> {
  const spec = { name, url, applicationName: 'plimsoll backup', connectTimeoutMs: 10_000 };
  const client = await connect(spec);
  try {
    const drift = await readDrift(client, targetOf(spec));
    return drift.status === 'drift' ? drift.differences.map(({ change, object }) => `${object} (${change})`) : [];
  } finally {
    await disconnect(client);
  }
}
