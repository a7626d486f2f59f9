import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { AppError, type Clock, type Secret } from '../base/index.ts';
import {
  databaseNames,
  type DatabaseName,
  type HistoryItem,
  type Manifest,
  type ReleasePosture,
} from '../contract/index.ts';
import { numberOf, readLedger, surveyDatabases, type Definitions, type LedgerRow } from '../migrator/index.ts';
import type { Database } from '../postgres/index.ts';
import { readHistory, readPostureAt } from '../posture/index.ts';
import type { EvidencePack } from './pack.ts';
import { readDeploymentId, readPreflights, readRehearsals } from './store.ts';

/** What evidence is made from. */
export interface EvidenceSources {
  readonly config: Database;
  readonly urls: Readonly<Record<DatabaseName, Secret>>;
  readonly manifest: Manifest;
  readonly definitions: Definitions;
  readonly clock: Clock;
}

/** What a pack is asked to be of. */
export interface EvidenceRequest {
  /** The posture of now. */
  readonly posture: ReleasePosture;
  readonly since: Date;
  readonly who: string;
  readonly how: EvidencePack['madeBy']['how'];
}

const pageOfHistory = 200;
const mostHistory = 2000;

type Unknown = EvidencePack['unknown'];

/** Reads every part on its own: one that cannot be read is named in `unknown`, and hides no other. */
export async function collectEvidence(sources: EvidenceSources, request: EvidenceRequest): Promise<EvidencePack> {
  const { config, clock } = sources;
  const { posture, since, who, how } = request;
  const until = clock.now();
  const unknown: Unknown = unknownOf(posture);
  const read = async <T>(part: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      unknown.push({ part, error: { code: error.code, message: error.message } });
      return null;
    }
  };
  const told = { unknown, read };
  const [deploymentId, preflights, rehearsals, history, before, migrations] = await Promise.all([
    read('deployment id', async () => await readDeploymentId(config)),
    read('preflight runs', async () => await readPreflights(config, since)),
    read('rehearsals', async () => await readRehearsals(config, since)),
    collectHistory(sources, since, told.unknown),
    readPostureAt(config, since.toISOString(), until),
    collectMigrations(sources, told.unknown),
  ]);
  return {
    format: 'plimsoll evidence 1',
    madeAt: until.toISOString(),
    madeBy: { who, how, host: hostname() },
    deploymentId,
    span: { since: since.toISOString(), until: until.toISOString() },
    unknown,
    before: before.posture,
    beforeRecordedAt: before.entry?.happenedAt ?? null,
    after: posture,
    preflights: preflights as EvidencePack['preflights'],
    rehearsals: rehearsals as EvidencePack['rehearsals'],
    migrations,
    history,
    digests: digestsOf(sources, posture),
  };
}

/** Parts of the posture that could not be read when the pack was made. */
function unknownOf({ databases, lastBackup, scanners, preflightReading }: ReleasePosture): Unknown {
  const parts = [
    ...databases.map(({ name, error }) => ({ part: `schema of ${name}`, error })),
    { part: 'last backup', error: lastBackup.error },
    { part: 'scanners', error: scanners.error },
    { part: 'preflight record', error: preflightReading.error },
  ];
  return parts.flatMap(({ part, error }) => (error === null ? [] : [{ part, error }]));
}

async function collectHistory(
  { config, clock }: EvidenceSources,
  since: Date,
  unknown: Unknown,
): Promise<EvidencePack['history']> {
  const items: HistoryItem[] = [];
  let before: string | undefined;
  while (items.length < mostHistory) {
    const query = { since: since.toISOString(), limit: pageOfHistory, ...(before === undefined ? {} : { before }) };
    // Each page begins where the one before it ended.
    // oxlint-disable-next-line no-await-in-loop
    const page = await readHistory(config, query, clock.now());
    if (page.error !== null) {
      unknown.push({ part: 'posture history', error: page.error });
      return null;
    }
    items.push(...page.items);
    if (page.next === null) return historyOf(items, true);
    before = page.next;
  }
  return historyOf(items, false);
}

function historyOf(items: readonly HistoryItem[], complete: boolean): NonNullable<EvidencePack['history']> {
  return { items: [...items], gaps: items.filter((item) => item.kind === 'gap'), complete };
}

async function collectMigrations(
  { urls, definitions }: EvidenceSources,
  unknown: Unknown,
): Promise<EvidencePack['migrations']> {
  const surveyed = await surveyDatabases(
    databaseNames,
    urls,
    async ({ client, target }) => (await readLedger(client, target)).rows,
  );
  return surveyed.map(({ name, value, error }) => {
    if (value !== undefined) return { database: name, rows: value.map((row) => ledgerRow(row, definitions[name])) };
    unknown.push({ part: `migration history of ${name}`, error: { code: error.code, message: error.message } });
    return { database: name, rows: null };
  });
}

function ledgerRow(row: LedgerRow, files: Definitions[DatabaseName]) {
  const fileChecksum = files.find(({ version }) => version === row.version)?.checksum ?? null;
  const { startedAt, finishedAt, ...rest } = row;
  return { ...rest, startedAt: startedAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null, fileChecksum };
}

function digestsOf({ manifest, definitions }: EvidenceSources, posture: ReleasePosture): EvidencePack['digests'] {
  const sha256 = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
  return {
    manifest: { sha256, content: manifest },
    image: { commit: posture.app.imageSha },
    migrationFiles: databaseNames.flatMap((name) =>
      definitions[name].map(({ version, name: what, checksum }) => ({
        path: `migrations/${name}/${numberOf(version)}_${what}.sql`,
        sha256: checksum,
      })),
    ),
  };
}
