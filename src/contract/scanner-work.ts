import { z } from 'zod';
import { foundText } from './text.ts';

/** What is inside a job and its result. One set of kinds for protocols 1 and 2; they differ in how jobs travel. */
export const jobKinds = ['tcp', 'tls', 'http'] as const;
export const jobKindSchema = z.enum(jobKinds);
export type JobKind = z.infer<typeof jobKindSchema>;

const instant = z.iso.datetime();

/** A host name, an IPv4 address or an IPv6 address without brackets. Whether it may be probed is the scanner's to decide. */
const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^(?:[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,62})(?:\.[0-9A-Za-z_-]{1,63})*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/);

export const targetSchema = z.object({
  host: host.describe('Host name, IPv4 address, or IPv6 address without brackets.'),
  port: z.int().min(1).max(65_535),
});
export type Target = z.infer<typeof targetSchema>;

const timeoutMs = z.int().min(100).max(60_000).describe('Budget for the whole probe, name lookup included.');

const serverName = z
  .string()
  .min(1)
  .max(253)
  .optional()
  .describe('Name for SNI and certificate check; default the host, if it is a name.');

export const tcpOptionsSchema = z.object({ timeoutMs });
export const tlsOptionsSchema = z.object({ timeoutMs, serverName });
export const httpOptionsSchema = z.object({
  timeoutMs,
  scheme: z.enum(['http', 'https']),
  path: z
    .string()
    .max(2000)
    .regex(/^\/[\x21-\x7e]*$/),
  method: z.enum(['GET', 'HEAD']),
  maxRedirects: z
    .int()
    .min(0)
    .max(20)
    .describe('0: report the first answer as it is. Each hop is held to the allow-list.'),
});

const leaseSchema = z.object({
  leaseId: z.uuid(),
  leaseSeconds: z
    .number()
    .positive()
    .describe('Time left when handed out; each heartbeat that lists the job starts it anew.'),
  attempt: z.int().min(1).describe('1 the first time the job is handed out.'),
});

const common = { id: z.uuid(), target: targetSchema, lease: leaseSchema };

/** One job, as leased. */
export const jobSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tcp'), options: tcpOptionsSchema, ...common }),
  z.object({ kind: z.literal('tls'), options: tlsOptionsSchema, ...common }),
  z.object({ kind: z.literal('http'), options: httpOptionsSchema, ...common }),
]);
export type Job = z.infer<typeof jobSchema>;

/** Known codes of what a probe met. A reader must take unknown ones too. */
export const probeErrorCodes = [
  'dns_failed',
  'connection_refused',
  'connection_timeout',
  'connection_lost',
  'network_unreachable',
  'handshake_failed',
  'certificate_unreadable',
  'certificate_untrusted',
  'protocol_error',
  'response_too_large',
  'too_many_redirects',
  'redirect_refused',
  'target_not_allowed',
  'probe_crashed',
  'job_not_understood',
  'result_too_large',
] as const;

export const probeErrorSchema = z.object({
  code: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  message: foundText(1000),
});
export type ProbeError = z.infer<typeof probeErrorSchema>;

const error = probeErrorSchema
  .nullable()
  .describe('What the endpoint did wrong, as far as it was met; null if nothing. A dead endpoint is a finding.');

/** One certificate, as presented; `null` where it does not parse. */
const certificateSchema = z.object({
  subject: foundText(2000).nullable(),
  issuer: foundText(2000).nullable(),
  notBefore: instant.nullable(),
  notAfter: instant.nullable(),
  serial: foundText(200).nullable(),
  san: z.array(foundText(300)).max(200).describe('Subject alternative names, such as DNS:example.org.'),
  fingerprint256: foundText(100).nullable().describe('SHA-256 of the certificate, lower-case hex.'),
  keyType: foundText(50).nullable().describe('Such as rsa-2048 or ec-P-256.'),
});
export type Certificate = z.infer<typeof certificateSchema>;

export const tcpFindingSchema = z.object({
  kind: z.literal('tcp'),
  open: z.boolean(),
  latencyMs: z.number().min(0).nullable().describe('Time to connect; null if it did not.'),
  error,
});

export const tlsFindingSchema = z.object({
  kind: z.literal('tls'),
  protocol: foundText(20).nullable().describe('Such as TLSv1.3; null without a handshake.'),
  cipher: foundText(100).nullable(),
  chain: z.array(certificateSchema).max(20).describe('As presented, leaf first.'),
  daysLeft: z
    .number()
    .nullable()
    .describe("Whole days until the leaf expires, by the scanner's clock; the manager trusts notAfter instead."),
  trusted: z.boolean().nullable().describe('Whether chain and name check out against the public authorities.'),
  error,
});

export const httpFindingSchema = z.object({
  kind: z.literal('http'),
  status: z.int().min(100).max(999).nullable(),
  redirects: z.array(z.object({ status: z.int(), location: foundText(4000) })).max(20),
  headersMissing: z.array(foundText(100)).max(50).describe('Security headers the last answer lacks, lower case.'),
  server: foundText(300).nullable().describe('The Server header.'),
  latencyMs: z.number().min(0).nullable().describe('Time to the last answer’s head.'),
  error,
});

/** What one probe found at one endpoint. */
export const findingSchema = z.discriminatedUnion('kind', [tcpFindingSchema, tlsFindingSchema, httpFindingSchema]);
export type Finding = z.infer<typeof findingSchema>;
