import { secondsBetween } from '../base/index.ts';
import {
  databaseNames,
  type BundleSummary,
  type DatabaseName,
  type LastBackup,
  type LatestBundle,
  type WayBack,
} from '../contract/index.ts';
import type { Composition } from './composition.ts';
import { errorAndTime } from './outcome.ts';

/** What the backup service said, held against the databases of now. */
export function composeBackup(composition: Composition): LastBackup {
  const { readings, lastKnown, now } = composition;
  const { backup } = readings;
  if (!('value' in backup))
    return {
      status: 'unavailable',
      bundle: null,
      ageSeconds: null,
      ...errorAndTime(backup, lastKnown.backup),
      lastKnown: lastKnown.backup,
      service: null,
      migratedSince: [],
      waysBack: [],
    };
  const { bundle, ...service } = backup.value;
  return {
    status: bundle === null ? 'none' : 'ok',
    bundle,
    ageSeconds: bundle === null ? null : secondsBetween(new Date(bundle.createdAt), now),
    ...errorAndTime(backup, null),
    lastKnown: null,
    service,
    migratedSince: bundle === null ? [] : listMigratedSince(bundle, composition),
    waysBack: listWaysBack(backup.value, composition),
  };
}

/** By versions, not by times: the clocks of the databases and of the backup service need not agree. */
function listMigratedSince({ schemaVersions }: BundleSummary, { readings }: Composition): LastBackup['migratedSince'] {
  return databaseNames.flatMap((database) => {
    const schema = readings.schemas[database];
    const bundleVersion = schemaVersions[database];
    if (!('value' in schema) || bundleVersion === undefined) return [];
    const { current } = schema.value.assessment;
    return current > bundleVersion ? [{ database, bundleVersion, current }] : [];
  });
}

function listWaysBack({ bundle, lastProven }: LatestBundle, composition: Composition): WayBack[] {
  const usable = bundle === null || bundle.state === 'damaged' ? [] : [bundle];
  const proven = lastProven === null || lastProven.id === bundle?.id ? [] : [lastProven];
  const offered = bundle?.state === 'proven' ? usable : [...usable, ...proven];
  return offered.map((each) => wayBackTo(each, composition));
}

function wayBackTo(bundle: BundleSummary, composition: Composition): WayBack {
  const { manifest } = composition;
  const { id: bundleId, createdAt, state, appVersion, imageSha, schemaVersions } = bundle;
  const steps = databaseNames.map((name) => (schemaVersions[name] ?? 0) - manifest.databases[name].schemaVersion);
  const isTooNew = databaseNames.some((name, index) => (steps[index] ?? 0) > 0 && !runsOn(bundle, name, composition));
  const fits = isTooNew ? 'newer_release' : steps.some((step) => step < 0) ? 'migrate' : 'this_release';
  return { bundleId, createdAt, state, appVersion, imageSha, fits };
}

/** Whether this release runs on the newer schema of a bundle: by what the ledger of now says of the same migrations. */
function runsOn({ schemaVersions }: BundleSummary, name: DatabaseName, { manifest, readings }: Composition): boolean {
  const schema = readings.schemas[name];
  const version = schemaVersions[name] ?? 0;
  if (!('value' in schema) || schema.value.assessment.current < version) return false;
  const applied = schema.value.horizon.applied.filter((row) => row.version <= version);
  return applied.every(({ oldestCompatible }) => oldestCompatible <= manifest.databases[name].schemaVersion);
}
