import { z } from 'zod';
import { bundleIdSchema, bundleManifestSchema, bundleReasons, bundleStates } from './bundle.ts';
import { databaseNames } from './databases.ts';
import { partErrorSchema } from './problem.ts';
import { backupFactsSchema, bundleSummarySchema, keyProofSchema } from './release.ts';

const instant = z.iso.datetime();
const bytes = z.number().nonnegative();

/** Answer of the backup service to `GET /api/bundles/latest` (Bearer token): its newest whole bundle, damaged or not, or null. */
export const latestBundleSchema = backupFactsSchema.extend({ bundle: bundleSummarySchema.nullable() });
export type LatestBundle = z.infer<typeof latestBundleSchema>;

export const verificationMethods = ['checksums', 'restore'] as const;
export type VerificationMethod = (typeof verificationMethods)[number];

/** One line of the verification ledger. Nothing in it is ever changed or deleted while its bundle exists. */
export const verificationSchema = z.object({
  bundleId: bundleIdSchema,
  target: z.string(),
  at: instant,
  method: z.enum(verificationMethods),
  /** `could_not_check` is never a pass, nor a failure of the bundle. */
  result: z.enum(['passed', 'failed', 'could_not_check']),
  by: z.string(),
  durationMs: z.int().nonnegative(),
  /** One sentence with what was found. */
  message: z.string(),
});
export type Verification = z.infer<typeof verificationSchema>;

export const bundlePinSchema = z.object({ by: z.string(), at: instant, note: z.string().max(500) });
export type BundlePin = z.infer<typeof bundlePinSchema>;

export const bundleCopySchema = z.object({
  target: z.string(),
  /** `unknown` when the target could not be asked. */
  state: z.enum(['whole', 'missing', 'unknown']),
  /** What is known of this very copy; null where it does not lie. `completed`: the target confirmed it, nobody has read it. */
  standing: z.enum(bundleStates).nullable().default(null),
  /** When this copy was last read in full and found right; null if it never was. */
  checkedAt: instant.nullable().default(null),
});

/** One bundle in the list, with all that is known of it. */
export const bundleEntrySchema = bundleSummarySchema.extend({
  /** Newest first, at most 20. */
  verifications: z.array(verificationSchema),
  pin: bundlePinSchema.nullable(),
  copies: z.array(bundleCopySchema),
  manifest: bundleManifestSchema,
});
export type BundleEntry = z.infer<typeof bundleEntrySchema>;

/** Something that has a bundle's place but is none: half of one, a tampered or a renamed one. */
export const brokenBundleSchema = z.object({ name: z.string(), target: z.string(), error: partErrorSchema });
export type BrokenBundle = z.infer<typeof brokenBundleSchema>;

/** `GET /api/bundles`: newest first. */
export const bundleListSchema = z.object({
  bundles: z.array(bundleEntrySchema),
  broken: z.array(brokenBundleSchema),
});
export type BundleList = z.infer<typeof bundleListSchema>;

export const runKinds = ['take', 'verify', 'prove', 'copy'] as const;
export type BackupRunKind = (typeof runKinds)[number];

export const databaseProgressSchema = z.object({
  name: z.enum(databaseNames),
  state: z.enum(['waiting', 'running', 'done']),
  doneBytes: bytes,
  /** What `doneBytes` is likely to come to; an estimate until the state is `done`. */
  estimatedBytes: bytes,
});
export type DatabaseProgress = z.infer<typeof databaseProgressSchema>;

/** One piece of work of the backup service; at most one runs at a time. */
export const backupRunSchema = z.object({
  id: z.string(),
  kind: z.enum(runKinds),
  /** Null until it is known: a bundle is named when its snapshots are taken. */
  bundleId: bundleIdSchema.nullable(),
  /** `interrupted`: the service ended while it ran; the next start says so. */
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']),
  by: z.string(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  /** What it is doing, in a few words. */
  phase: z.string(),
  databases: z.array(databaseProgressSchema),
  doneBytes: bytes,
  estimatedBytes: bytes,
  error: partErrorSchema.extend({ hint: z.string() }).nullable(),
});
export type BackupRun = z.infer<typeof backupRunSchema>;

/** `POST /api/bundles`. */
export const takeBundleSchema = z.object({
  by: z.string().min(1).max(200),
  reason: z.enum(bundleReasons).default('manual'),
  /** Pinned from the start, with this note. */
  pinNote: z.string().max(500).nullable().default(null),
});
export type TakeBundle = z.input<typeof takeBundleSchema>;

/** `POST /api/bundles/{id}/verify`: `restore` proves it. */
export const verifyBundleSchema = z.object({
  by: z.string().min(1).max(200),
  method: z.enum(verificationMethods).default('checksums'),
});
export type VerifyBundle = z.input<typeof verifyBundleSchema>;

/** How many bundles are kept; each rule keeps its own, and a bundle goes only when none keeps it. */
export const retentionPolicySchema = z.object({
  last: z.int().min(1),
  daily: z.int().min(0),
  weekly: z.int().min(0),
  monthly: z.int().min(0),
});
export type RetentionPolicy = z.infer<typeof retentionPolicySchema>;

export const backupTargetSchema = z.object({
  name: z.string(),
  kind: z.enum(['directory', 's3']),
  /** Where it is, without secrets. */
  location: z.string(),
  status: z.enum(['ok', 'unavailable']),
  error: partErrorSchema.nullable(),
  retention: retentionPolicySchema,
  bundles: z.int().nullable(),
  usedBytes: bytes.nullable(),
  /** Null when the target cannot tell. */
  freeBytes: bytes.nullable(),
  /** By the bundles of the last 30 days; null with fewer than two. */
  growthBytesPerDay: z.number().nullable(),
  /** What retention would remove if it ran now, oldest first; null when that cannot be told. It runs after each bundle taken. */
  nextToGo: z.array(bundleIdSchema).nullable(),
  /** How far it has what its retention keeps of the bundles at home; null for the home itself, and while it cannot be told. */
  copies: z
    .object({
      /** Bundles at home or there that the retention of this target keeps. */
      wanted: z.int(),
      /** How many of them are there and not damaged. */
      there: z.int(),
      /** Those that are at home and not there, newest first. */
      missing: z.array(bundleIdSchema),
      /** When the newest of those was taken; null when none is missing. */
      missingSince: instant.nullable(),
    })
    .nullable()
    .default(null),
  /** How bringing there what is missing went last; null when the last try succeeded or there was none. */
  catchUp: z.object({ failures: z.int(), error: partErrorSchema, nextTryAt: instant }).nullable().default(null),
});
export type BackupTargetState = z.infer<typeof backupTargetSchema>;

const scheduleSchema = z.object({
  /** Cron expression; null when nothing is scheduled. */
  cron: z.string().nullable(),
  zone: z.string(),
  next: instant.nullable(),
});

/** `GET /api/status` of the backup service. */
export const backupStatusSchema = z.object({
  generatedAt: instant,
  startedAt: instant,
  appVersion: z.string(),
  imageSha: z.string(),
  /** What would dump now; null with `engineError` when nothing can. */
  engine: z.object({ name: z.string(), version: z.string(), program: z.string() }).nullable(),
  engineError: partErrorSchema.nullable(),
  /** What stands in the way of proving bundles by restore here; null when nothing does. */
  proveError: partErrorSchema.nullable(),
  current: backupRunSchema.nullable(),
  /** Newest first, at most 20; they outlive the service. */
  recentRuns: z.array(backupRunSchema),
  takeSchedule: scheduleSchema,
  proveSchedule: scheduleSchema,
  /** A bundle older than this is too old. */
  maxAgeSeconds: z.int(),
  targets: z.array(backupTargetSchema),
  /** Encryption: empty when bundles are not encrypted. */
  keys: z.array(keyProofSchema),
  coverage: z.object({
    bundles: z.int(),
    verified: z.int(),
    proven: z.int(),
    /** The bundle whose last verification is the oldest; null without bundles. */
    oldestVerifiedAt: instant.nullable(),
  }),
});
export type BackupStatus = z.infer<typeof backupStatusSchema>;

const actor = z.string().min(1).max(200);

/** Who asks for it: the query of calls without a body, the body of a cancellation. */
export const backupActorSchema = z.object({ by: actor });

/** `PUT /api/bundles/{id}/pin`. */
export const pinBundleSchema = z.object({ by: actor, note: z.string().max(500).default('') });
export type PinBundle = z.input<typeof pinBundleSchema>;

/** Data of the event `run` of `GET /api/runs/current/events`: all of a run as it is now; its id counts up. */
export const runEventSchema = z.object({ run: backupRunSchema.nullable() });
export type RunEvent = z.infer<typeof runEventSchema>;

/** `POST /api/keys/challenge`: asks for a text that only the holder of the private key can read. */
export const challengeKeySchema = z.object({ recipient: z.string().min(1).max(200), by: actor });
export type ChallengeKey = z.input<typeof challengeKeySchema>;

/** The text, encrypted to the recipient, in age's armour. It can be answered once. */
export const keyChallengeSchema = z.object({ recipient: z.string(), challenge: z.string() });
export type KeyChallenge = z.infer<typeof keyChallengeSchema>;

/** `POST /api/keys/answer`: the text as it was decrypted; answered with the proof that is now on record. */
export const answerKeySchema = z.object({
  recipient: z.string().min(1).max(200),
  text: z.string().max(500),
  by: actor,
});
export type AnswerKey = z.input<typeof answerKeySchema>;
