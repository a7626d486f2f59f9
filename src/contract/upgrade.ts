import { z } from 'zod';
import { databaseNames } from './databases.ts';
import { protocolWindowSchema } from './manifest.ts';
import { migrationCostSchema } from './migration-cost.ts';
import { preflightCheckSchema, preflightRunSchema } from './preflight.ts';

const databaseName = z.enum(databaseNames);

/** The hash that stands for exactly the dangerous migrations, and whether the run was given it. */
export const acknowledgementSchema = z.object({ hash: z.string(), given: z.boolean() });
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

/** How far back one can go without a restore, by what every migration declares. */
export const rollbackHorizonSchema = z.object({
  status: z.enum(['ok', 'unknown']),
  /** The oldest release that runs on what is applied; null: any does, or it is not known. */
  now: z.string().nullable(),
  /** The same once all that is pending is applied: of the candidate, or without one of this release. */
  after: z.string().nullable(),
  /** The pending migration that moves it furthest, as in `jobs/0042_split_leases`; null: none does. */
  movedBy: z.string().nullable(),
  /** All of it in words: `you can go back to 1.4.0 or newer without a restore; jobs/0042_x would move that to 1.6.0`. */
  message: z.string(),
});
export type RollbackHorizon = z.infer<typeof rollbackHorizonSchema>;

/**
 * What stands between a deployment and its candidate, the first that holds: `migrating`: a migrator is at work · `unknown`: a
 * part that the answer needs cannot be read · `blocked`: something that is so now forbids it · `migrated`: its schemas are here,
 * its managers are not · `stale`: the run no longer describes the deployment · `acknowledge`: dangerous migrations are to be
 * acknowledged, and nothing else failed · `failed`: a check failed · `warned`: it may be applied, once the warnings are read ·
 * `ready`.
 */
export const candidateStates = [
  'migrating',
  'unknown',
  'blocked',
  'migrated',
  'stale',
  'acknowledge',
  'failed',
  'warned',
  'ready',
] as const;
export type CandidateState = (typeof candidateStates)[number];

const candidateDatabaseSchema = z.object({
  name: databaseName,
  /** Null: cannot be read now. */
  current: z.int().nullable(),
  required: z.int(),
  change: z.enum(['none', 'migrate', 'too_new', 'unknown']),
});
export type CandidateDatabase = z.infer<typeof candidateDatabaseSchema>;

const candidateScannersSchema = z.object({
  status: z.enum(['ok', 'unknown']),
  window: protocolWindowSchema,
  total: z.int().nullable(),
  /** Scanners within the window of now and outside that of the candidate. */
  droppingOut: z.int().nullable(),
  /** Scanners outside the window of the candidate, whether or not they are outside already. */
  outside: z.array(z.object({ binaryVersion: z.string(), protocolVersion: z.int(), count: z.int(), online: z.int() })),
  /** Jobs that wait now, and those of them that no scanner would be eligible for; null: unknown. */
  queuedJobs: z.int().nullable(),
  more: z.boolean(),
  withoutScanner: z.int().nullable(),
});
export type CandidateScanners = z.infer<typeof candidateScannersSchema>;

/** What is to be typed next on the way to the candidate, and why. */
const nextStepSchema = z.object({
  /** Empty when there is nothing to type: wait, or do what `why` says. */
  command: z.string(),
  why: z.string(),
});
export type NextStep = z.infer<typeof nextStepSchema>;

/** The newest release that a preflight has judged before it came, held against the deployment of now. */
export const upgradeCandidateSchema = z.object({
  version: z.string(),
  imageSha: z.string(),
  state: z.enum(candidateStates),
  /** What forbids the upgrade by what is so now, or cannot be read. */
  obstacles: z.array(z.object({ part: z.string(), message: z.string(), remedy: z.string() })),
  run: preflightRunSchema.omit({ checks: true, migrations: true, targetVersion: true, targetImageSha: true }),
  /** Its checks that did not pass, as they were found then. */
  findings: z.array(preflightCheckSchema),
  databases: z.array(candidateDatabaseSchema),
  /** What is still to be applied, in order; tables as they were when the run looked. */
  migrations: z.array(migrationCostSchema),
  /** Migrations that are to be applied now and that the run has said nothing of. */
  unjudged: z.int(),
  /** Over all of these migrations; null: at least one of them nobody can tell. */
  seconds: z.number().nullable(),
  acknowledgement: acknowledgementSchema.nullable(),
  scanners: candidateScannersSchema,
  next: nextStepSchema,
});
export type UpgradeCandidate = z.infer<typeof upgradeCandidateSchema>;
