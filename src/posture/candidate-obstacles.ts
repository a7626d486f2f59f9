import semver from 'semver';
import { databaseNames, type Manifest, type ReleasePosture } from '../contract/index.ts';
import type { Composition } from './composition.ts';
import type { Finding } from './rule.ts';

/** The parts of a posture that a candidate is held against. */
export type CandidateParts = Pick<ReleasePosture, 'databases' | 'gate' | 'lastBackup' | 'scanners'>;

/** What keeps anybody from saying whether a candidate may be applied. Pure. */
export function listUnknown({ databases, lastBackup, scanners }: CandidateParts, migratorCommand: string): Finding[] {
  const unread = databases
    .filter(({ status }) => status === 'unknown')
    .map(({ name, error }) => ({
      part: name,
      message: `the schema of ${name} cannot be read (${error?.code ?? 'not_read_yet'})`,
      remedy: `${migratorCommand} status`,
    }));
  const isQueueUnread = scanners.queuedJobs.status === 'unknown' && unread.every(({ part }) => part !== 'jobs');
  const remedy = `${migratorCommand} status`;
  const uncounted =
    scanners.status === 'unknown'
      ? [{ part: 'scanners', message: 'the scanners cannot be counted', remedy }]
      : isQueueUnread
        ? [{ part: 'queue', message: 'the queued jobs cannot be counted', remedy }]
        : [];
  const isSilent = lastBackup.status === 'unavailable' && lastBackup.error?.code !== 'backup_not_configured';
  const unasked = isSilent ? [{ part: 'backup', message: 'the last backup cannot be asked for', remedy: '' }] : [];
  return [...unread, ...uncounted, ...unasked];
}

/** What is so now and forbids a release, whatever its preflight has said. Pure. */
export function listBlocked(target: Manifest, parts: CandidateParts, composition: Composition): Finding[] {
  return [
    ...maintenance(parts),
    ...offPath(target, composition.manifest),
    ...damaged(parts),
    ...tooNew(target, parts),
    ...unsupported(target, composition),
  ];
}

function maintenance({ gate }: CandidateParts): Finding[] {
  const closed = gate.closedParts.find(({ code }) => code === 'maintenance');
  return closed === undefined ? [] : [{ part: 'deployment', message: closed.message, remedy: closed.remedy }];
}

function offPath({ appVersion, upgradableFrom }: Manifest, running: Manifest): Finding[] {
  if (semver.satisfies(running.appVersion, upgradableFrom, { includePrerelease: true })) return [];
  const first =
    semver.validRange(upgradableFrom) === null ? upgradableFrom : semver.minVersion(upgradableFrom)?.version;
  const message = `${appVersion} can be installed from ${upgradableFrom} only, and ${running.appVersion} is running: install ${first ?? upgradableFrom} first`;
  return [{ part: 'release', message, remedy: '' }];
}

/** The migrator would refuse; drift stops nobody. */
function damaged({ databases }: CandidateParts): Finding[] {
  return databases.flatMap(({ name, problems }) =>
    problems.filter(({ code }) => code !== 'drift').map(({ message, remedy }) => ({ part: name, message, remedy })),
  );
}

function tooNew({ appVersion, databases: required }: Manifest, { databases }: CandidateParts): Finding[] {
  return databases.flatMap(({ name, current }) => {
    const { schemaVersion } = required[name];
    if (current === null || current <= schemaVersion) return [];
    const message = `${name} is at schema ${current}, newer than the ${schemaVersion} of ${appVersion}`;
    return [{ part: name, message, remedy: '' }];
  });
}

function unsupported({ appVersion, postgres: { min, max } }: Manifest, { readings }: Composition): Finding[] {
  return databaseNames.flatMap((name) => {
    const schema = readings.schemas[name];
    if (!('value' in schema)) return [];
    const { postgresMajor } = schema.value;
    if (postgresMajor >= min && postgresMajor <= max) return [];
    const message = `${name} runs on Postgres ${postgresMajor}, ${appVersion} accepts ${min} to ${max}`;
    return [{ part: name, message, remedy: '' }];
  });
}
