import { z } from 'zod';
import { protocolWindowSchema } from './manifest.ts';
import { findingSchema, jobSchema, probeErrorSchema } from './scanner-work.ts';
import { nameText, sentId } from './text.ts';

/**
 * The wire protocol between scanners and the manager. The four calls and the fields in this file are the envelope: it
 * never changes, whatever the protocol version, so that the oldest scanner and the newest can be seen and told what to
 * do. What is inside a job and its result (scanner-work.ts) is what a protocol version stands for.
 * Both sides ignore fields they do not know. `docs/scanner-protocol.md` is the prose.
 */
export const scannerPaths = {
  enrol: '/scanner/v1/enrol',
  heartbeat: '/scanner/v1/heartbeat',
  lease: '/scanner/v1/lease',
  result: (jobId: string) => `/scanner/v1/jobs/${encodeURIComponent(jobId)}/result`,
} as const;

/** Protocol 1: one job a lease, its whole result at the end. Protocol 2 adds batches, partial results, cancel and gzip. */
export const spokenProtocols = [1, 2] as const;
export type SpokenProtocol = (typeof spokenProtocols)[number];

/** The bounds that both sides keep; the manager answers 413 or 400 beyond them. */
export const scannerLimits = {
  /** Body of enrol, heartbeat and lease, in bytes. */
  envelopeBytes: 65_536,
  /** Body of a result as it travels. */
  resultBytes: 1_048_576,
  /** Body of a gzip-compressed result (protocol 2) once unpacked. */
  unpackedResultBytes: 4_194_304,
  /** Longest time a lease call is held open; the manager shortens a longer wish. */
  waitSeconds: 30,
  /** Most jobs one lease call hands out (protocol 2). */
  jobsPerLease: 50,
  /** Most jobs a scanner may hold at a time, and so the length of `running`. */
  jobsHeld: 500,
  findingsPerResult: 100,
} as const;

/** What the credential and the enrolment token look like; both travel as `Authorization: Bearer …`. */
export const credentialPrefix = 'pls_';
export const enrolmentTokenPrefix = 'ple_';

const protocolVersion = z.int().min(1).max(65_535).describe('The wire-protocol version this scanner speaks.');
const binaryVersion = z
  .string()
  .regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/)
  .max(64)
  .describe("The scanner program's own semantic version, such as 1.4.0.");

const standing = {
  window: protocolWindowSchema.describe('Lowest and highest protocol version this manager speaks.'),
  inWindow: z.boolean().describe('False: the scanner is seen but gets no job until it speaks a version of the window.'),
};

/** POST /scanner/v1/enrol, with an enrolment token. Answers 201. */
export const enrolRequestSchema = z.object({
  name: nameText.min(1).describe('What people call this scanner; need not be unique.'),
  binaryVersion,
  protocolVersion,
});
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

export const enrolAnswerSchema = z.object({
  scannerId: z.uuid(),
  credential: z.string().describe('Shown this once; the scanner keeps it in a file that only it can read.'),
  ...standing,
});
export type EnrolAnswer = z.infer<typeof enrolAnswerSchema>;

/** POST /scanner/v1/heartbeat, with the credential. Answers 200, also outside the window and while the gate is closed. */
export const heartbeatRequestSchema = z.object({
  binaryVersion,
  protocolVersion,
  running: z
    .array(sentId)
    .max(scannerLimits.jobsHeld)
    .describe('Ids of the jobs this scanner holds, results not yet acknowledged included. Their leases are renewed.'),
  instanceId: z
    .string()
    .min(8)
    .max(64)
    .optional()
    .describe('Random, made anew at each start of the process. Two that take turns betray a copied credential.'),
});
export type HeartbeatRequest = z.infer<typeof heartbeatRequestSchema>;

export const heartbeatAnswerSchema = z.object({
  ...standing,
  nextHeartbeatSeconds: z
    .number()
    .positive()
    .describe('When to call again. Shorter while the scanner holds jobs, so that their leases outlive the pause.'),
  cancel: z
    .array(z.uuid())
    .describe('Jobs to stop: cancelled, or no longer this scanner’s. Only a scanner of protocol 2 or later is told.'),
  serverTime: z.iso.datetime().describe("The manager's clock, for the scanner to notice that its own is wrong."),
  newCredential: z
    .string()
    .optional()
    .describe('Rotation: store it, then use it from the next call on. The old one works until the new one was used.'),
});
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswerSchema>;

/** POST /scanner/v1/lease. Answers 200, 204 nothing yet, 426 `protocol_unsupported`, 503 gate closed. */
export const leaseRequestSchema = z.object({
  protocolVersion,
  max: z.int().min(1).max(1000).describe('Most jobs wanted. Protocol 1 is given one, whatever it asks.'),
  waitSeconds: z.number().min(0).max(3600).describe('How long to hold the call open when there is no job.'),
});
export type LeaseRequest = z.infer<typeof leaseRequestSchema>;

export const leaseAnswerSchema = z.object({ jobs: z.array(jobSchema).min(1) });
export type LeaseAnswer = z.infer<typeof leaseAnswerSchema>;

const leaseId = sentId.describe('The lease under which the job was done: what makes a result idempotent.');
const durationMs = z.number().min(0).optional().describe('How long the job took, by a monotonic clock.');

/**
 * POST /scanner/v1/jobs/{id}/result. Answers 204, also for one already recorded · 409 `lease_lost`: dropped, to be
 * forgotten. A scanner keeps a result until one of the two comes back.
 */
export const resultRequestSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('done'),
    leaseId,
    durationMs,
    findings: z
      .array(findingSchema)
      .max(scannerLimits.findingsPerResult)
      .describe('What was found; after partial results, what those did not hold.'),
  }),
  z.object({
    outcome: z.literal('partial'),
    leaseId,
    sequence: z
      .int()
      .min(0)
      .max(999)
      .describe('Protocol 2. 0, 1, 2 … within the lease; the same number again changes nothing.'),
    findings: z.array(findingSchema).min(1).max(scannerLimits.findingsPerResult),
  }),
  z.object({
    outcome: z.literal('failed'),
    leaseId,
    durationMs,
    error: probeErrorSchema.describe('Why the scanner could not do the job; it is tried again later, maybe elsewhere.'),
  }),
  z.object({
    outcome: z.literal('refused'),
    leaseId,
    error: probeErrorSchema.describe(
      "The target is outside this scanner's allow-list (`target_not_allowed`); the job goes to another scanner.",
    ),
  }),
  z.object({ outcome: z.literal('cancelled'), leaseId }).describe('Protocol 2: stopped because a heartbeat said so.'),
]);
export type ResultRequest = z.infer<typeof resultRequestSchema>;

/** What 426 says beside the problem document: the window, so that the scanner's own log can tell what to install. */
export const protocolUnsupportedSchema = z.looseObject({
  code: z.literal('protocol_unsupported'),
  window: protocolWindowSchema,
});

/** The codes of problem documents that a scanner meets, and what it does about each. */
export const scannerErrorCodes = {
  body_malformed: 'Not JSON, or not what Content-Encoding says. A fault of the scanner: drop the message.',
  request_invalid: 'The body has not the shape of the call. A fault of the scanner: drop the message.',
  body_too_large: 'Beyond scannerLimits. Drop the message; report the job as failed.',
  enrolment_token_invalid: 'Unknown, expired, used up or revoked. Ask for another token and enrol again.',
  credential_invalid: 'Unknown credential. Slow down to one call an hour; enrol again.',
  credential_revoked: 'An administrator revoked this scanner. Slow down to one call an hour; do not enrol by itself.',
  protocol_unsupported: 'Outside the window: no jobs. Keep sending heartbeats, ask for jobs at their pace.',
  lease_lost: 'The lease ended and the job went elsewhere. Forget the result.',
  outcome_not_of_protocol:
    'An outcome the protocol version of the lease does not have. A fault of the scanner: drop it.',
  schema_behind: 'The gate is closed. Not an error: wait for Retry-After and keep results.',
  schema_ahead: 'As schema_behind.',
  schema_unknown: 'As schema_behind.',
  schema_dirty: 'As schema_behind.',
  maintenance: 'As schema_behind.',
  fleet_unavailable: 'The manager is stopping or cannot reach a database. Wait for Retry-After and keep results.',
} as const;
export type ScannerErrorCode = keyof typeof scannerErrorCodes;
