import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../base/index.ts';
import {
  acknowledgementSchema,
  checkStatuses,
  isKeepable,
  manifestSchema,
  nameText,
  preflightRunSchema,
} from '../contract/index.ts';
import { preflightError } from './errors.ts';
import { digestOf, fingerprintSchema } from './fingerprint.ts';
import type { Runner } from './record.ts';
import type { PreflightReport } from './run.ts';

/** The form in which runs are kept in files. */
const fileFormat = 1;
/** A run of hundreds of migrations is far smaller. */
const mostBytes = 8 * 1024 * 1024;
/** Clocks of two machines differ by less. */
const mostAheadMs = 5 * 60_000;

const kind = 'plimsoll preflight run';
const identity = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .nullable();

/** The head of every such file, whatever its form. */
const headSchema = z.object({ kind: z.literal(kind), format: z.int().min(1) });

const fileSchema = z.strictObject({
  kind: z.literal(kind),
  format: z.literal(fileFormat),
  runner: z.strictObject({ ranBy: nameText.min(1), ranBySource: preflightRunSchema.shape.ranBySource }),
  deployment: z.strictObject({ config: identity, results: identity, jobs: identity }),
  run: z.strictObject({
    ...preflightRunSchema.pick({ status: true, counts: true, checks: true, migrations: true, rehearsal: true }).shape,
    id: z.uuid(),
    ranAt: z.iso.datetime(),
    host: nameText.min(1),
    targetVersion: manifestSchema.shape.appVersion,
    targetImageSha: nameText.min(1),
    strict: z.boolean(),
    manifest: manifestSchema,
    fingerprint: fingerprintSchema,
    acknowledgement: acknowledgementSchema.nullable(),
  }),
});

/** A run as it was kept in a file, and who had run it. */
export interface KeptRun {
  readonly report: PreflightReport;
  readonly runner: Runner;
}

/** Keeps a run in a file that only its owner may read, replacing one of that name. Throws preflight_file_unwritable. */
export async function writeRunFile(path: string, { report, runner }: KeptRun): Promise<void> {
  const { deployment, ...run } = report;
  const text = `${JSON.stringify({ kind, format: fileFormat, runner, deployment, run }, null, 2)}\n`;
  const beside = `${path}.${randomUUID()}`;
  try {
    await using file = await open(beside, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw preflightError('preflight_file_unwritable', {
      message: `the run could not be kept in ${path}: ${messageOf(error)}`,
      hint: 'Give --output a file in a folder that can be written, then run `plimsoll migrator preflight` again.',
      cause: error,
    });
  }
}

/**
 * Reads a run that was kept in a file; whoever wrote it is not trusted. Throws preflight_file_unreadable, _invalid or _newer.
 */
export async function readRunFile(path: string, now: Date): Promise<KeptRun> {
  const parsed = parseJson(path, await readText(path));
  const head = headSchema.safeParse(parsed);
  if (!head.success) throw invalid(path, 'it does not say that it is one');
  if (head.data.format > fileFormat)
    throw preflightError('preflight_file_newer', {
      message: `${path} is a preflight run in format ${head.data.format}, this release reads up to ${fileFormat}`,
      hint: 'Record it with the image of the release that wrote it.',
    });
  const file = fileSchema.safeParse(parsed);
  if (!file.success) throw invalid(path, describeIssue(file.error.issues[0]));
  const { run, runner, deployment } = file.data;
  const contradiction = contradictionIn(run, now);
  if (contradiction !== undefined) throw invalid(path, contradiction);
  return { report: { ...run, ranAt: new Date(run.ranAt), deployment }, runner };
}

async function readText(path: string): Promise<string> {
  try {
    // A pipe would be waited for without end.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    await requireSmallFile(file);
    return await file.readFile('utf8');
  } catch (error) {
    throw preflightError('preflight_file_unreadable', {
      message: `${path} could not be read: ${messageOf(error)}`,
      hint: 'Name the file that `plimsoll migrator preflight --output FILE` has written.',
      cause: error,
    });
  }
}

async function requireSmallFile(file: FileHandle): Promise<void> {
  const found = await file.stat();
  if (!found.isFile()) throw new Error('it is no file');
  if (found.size > mostBytes) throw new Error(`it has ${found.size} bytes, a run has at most ${mostBytes}`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'string' && !isKeepable(value)) throw new Error('it holds text that no database can keep');
      return value;
    });
  } catch (error) {
    throw invalid(path, messageOf(error));
  }
}

type FileRun = z.infer<typeof fileSchema>['run'];

/** What a run of preflight cannot be, each as a sentence; undefined when it holds together. */
function contradictionIn(run: FileRun, now: Date): string | undefined {
  if (run.targetVersion !== run.manifest.appVersion) return 'it judged another release than that of its manifest';
  if (run.fingerprint.manifestDigest !== digestOf(run.manifest)) return 'its fingerprint is not that of its manifest';
  if (checkStatuses.some((status) => run.counts[status] !== countOf(run, status)))
    return 'it counts its checks wrongly';
  if (run.status !== statusOf(run)) return 'its status does not follow from its checks';
  return Date.parse(run.ranAt) > now.getTime() + mostAheadMs ? 'it says that it ran in the future' : undefined;
}

function countOf({ checks }: FileRun, status: (typeof checkStatuses)[number]): number {
  return checks.filter((check) => check.status === status).length;
}

function statusOf({ counts: { fail, warn }, strict }: FileRun): FileRun['status'] {
  if (fail > 0 || (strict && warn > 0)) return 'fail';
  return warn > 0 ? 'warn' : 'pass';
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  const where = issue?.path.join('.') ?? '';
  return `${where === '' ? 'it' : where}: ${issue?.message ?? 'not as it is written'}`;
}

function invalid(path: string, why: string): Error {
  return preflightError('preflight_file_invalid', {
    message: `${path} is no preflight run that can be recorded: ${why}`,
    hint: 'Name the file as `plimsoll migrator preflight --output FILE` has written it, or run preflight again.',
  });
}
