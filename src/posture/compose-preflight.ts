import { databaseNames, type DatabaseName, type PreflightRun } from '../contract/index.ts';
import { isInWindow } from '../fleet/index.ts';
import { staleReasonsOf, type DeploymentNow, type RecordedPreflight } from '../preflight/index.ts';
import type { Composition } from './composition.ts';

/** The recorded run, held against the deployment of now; a part that cannot be read now makes nothing stale. */
export function composePreflight(recorded: RecordedPreflight, composition: Composition): PreflightRun {
  const { run, fingerprint } = recorded;
  const staleReasons = staleReasonsOf(fingerprint, new Date(run.ranAt), deploymentNow(recorded, composition));
  return { ...run, stale: staleReasons.length > 0, staleReasons };
}

function deploymentNow({ manifest }: RecordedPreflight, { readings, now }: Composition): DeploymentNow {
  const { schemas, backup, scanners } = readings;
  const versionOf = (name: DatabaseName): number | undefined => {
    const schema = schemas[name];
    return 'value' in schema ? schema.value.assessment.current : undefined;
  };
  const groups = 'value' in scanners ? scanners.value.groups : undefined;
  const outside = groups?.filter(({ protocolVersion }) => !isInWindow(manifest.scannerProtocol, protocolVersion));
  return {
    schemaVersions: Object.fromEntries(databaseNames.map((name) => [name, versionOf(name)])),
    bundle: 'value' in backup ? backup.value.bundle : undefined,
    outsideWindow: outside?.reduce((sum, { count }) => sum + count, 0),
    now,
  };
}
