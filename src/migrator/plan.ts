import type { AppError } from '../base/index.ts';
import type { DatabaseName, Manifest } from '../contract/index.ts';
import { assessSchema } from './assess.ts';
import { numberOf } from './files.ts';
import { majorOf } from './ledger.ts';
import { migratorError } from './errors.ts';
import { migratorCommand } from './remedies.ts';
import type { LedgerReading, MigrationFile, SchemaAssessment } from './types.ts';

export interface PlanInput {
  readonly database: DatabaseName;
  readonly manifest: Manifest;
  /** This image's migrations of this database, ascending. */
  readonly files: readonly MigrationFile[];
  readonly ledger: LedgerReading;
  /** The version given with `--to`; undefined for the manifest's. */
  readonly to: number | undefined;
  /** How the migrator is started in this deployment, for the hints; default with compose. */
  readonly migratorCommand?: string | undefined;
}

/** What is to be done to one database. */
export type Plan = { readonly assessment: SchemaAssessment } & (
  | { readonly action: 'nothing' }
  | { readonly action: 'apply'; readonly migrations: readonly MigrationFile[] }
  | { readonly action: 'refuse'; readonly error: AppError }
);

/** Decides, from what is there and what is wanted, what to apply, or why nothing may be. */
export function planMigration(input: PlanInput): Plan {
  const required = input.manifest.databases[input.database].schemaVersion;
  const assessment = assessSchema({ ...input, definitions: input.files, required });
  const target = Math.min(input.to ?? required, required);
  const error =
    postgresObjection(input) ??
    problemObjection(input, assessment) ??
    aheadObjection(input, assessment) ??
    targetObjection(input, assessment, target);
  if (error !== undefined) return { assessment, action: 'refuse', error };
  const wanted = new Set(assessment.pending.map(({ version }) => version).filter((version) => version <= target));
  const migrations = input.files.filter(({ version }) => wanted.has(version));
  const gap = gapObjection(input, assessment, migrations);
  if (gap !== undefined) return { assessment, action: 'refuse', error: gap };
  return migrations.length === 0 ? { assessment, action: 'nothing' } : { assessment, action: 'apply', migrations };
}

function postgresObjection({ database, manifest, ledger, migratorCommand: base }: PlanInput): AppError | undefined {
  const major = majorOf(ledger);
  const { min, max } = manifest.postgres;
  if (major >= min && major <= max) return undefined;
  return migratorError('migrator_postgres_unsupported', {
    message: `${database} runs on Postgres ${major}, this release accepts ${min} to ${max}`,
    hint:
      major < min
        ? `Upgrade the database server to Postgres ${max}, then run \`${migratorCommand(undefined, undefined, base)}\` again.`
        : `Run the migrator of a release that accepts Postgres ${major}.`,
    details: { database, found: major, ...manifest.postgres },
  });
}

function problemObjection({ database }: PlanInput, { problems }: SchemaAssessment): AppError | undefined {
  const [first] = problems;
  if (first === undefined) return undefined;
  return migratorError('migrator_schema_refused', {
    message: problems.map(({ code, message }) => `${code}: ${message}`).join('; '),
    hint: first.remedy,
    details: { database, problems },
  });
}

function aheadObjection(
  { database, manifest, migratorCommand: base }: PlanInput,
  assessment: SchemaAssessment,
): AppError | undefined {
  const { status, current, required, aheadAllowed } = assessment;
  if (status !== 'ahead') return undefined;
  const consequence = aheadAllowed === true ? 'this image may still run on it' : 'this image must not run on it';
  return migratorError('migrator_schema_refused', {
    message: `ahead: ${database} is at version ${current}, release ${manifest.appVersion} requires ${required}; ${consequence}`,
    hint: migratorCommand('history', database, base),
    details: { database, current, required, aheadAllowed },
  });
}

function targetObjection(input: PlanInput, { current }: SchemaAssessment, target: number): AppError | undefined {
  if (input.to === undefined || current <= target) return undefined;
  return migratorError('migrator_target_below', {
    message: `${input.database} is at version ${current}, beyond --to ${input.to}; migrations only go forward`,
    hint: 'Leave --to out, or restore a bundle from before: `plimsoll backup list`.',
    details: { database: input.database, current, to: input.to },
  });
}

function gapObjection(
  { database, migratorCommand: base }: PlanInput,
  { current }: SchemaAssessment,
  migrations: readonly MigrationFile[],
): AppError | undefined {
  const [first] = migrations;
  if (first === undefined || first.version > current) return undefined;
  return migratorError('migrator_ledger_gap', {
    message: `migration ${numberOf(first.version)}_${first.name} is missing from the ledger of ${database}, which is at version ${current}`,
    hint: migratorCommand('history', database, base),
    details: { database, missing: first.version, current },
  });
}
