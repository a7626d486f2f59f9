import { hash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { messageOf, type AppError } from '../../base/index.ts';
import { bundleDocumentSchema, databaseNames, type BundleManifest } from '../../contract/index.ts';
import { bundleError } from './errors.ts';
import { documentCopyName, documentName } from '../layout.ts';

/** The text of `bundle.json`. The same manifest always gives the same text. */
export function renderDocument(manifest: BundleManifest): string {
  const checksum = hash('sha256', toText(manifest));
  return toText({ ...manifest, checksum });
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * Reads the text of a `bundle.json`; gives the error instead of throwing it, since a copy may help. What is read is
 * written again and compared, so that one changed bit is found, also where JSON would not mind it.
 */
export function parseDocument(content: Buffer, where: string): BundleManifest | AppError {
  const parsed = parseJson(content, where);
  if ('error' in parsed) return parsed.error;
  const checked = bundleDocumentSchema.safeParse(parsed.value);
  if (!checked.success) return refuseShape(parsed.value, where, checked.error.issues);
  const { checksum: _, ...manifest } = checked.data;
  if (!content.equals(Buffer.from(renderDocument(manifest))))
    return damaged(where, 'its checksum does not fit what it says');
  const contradictions = findContradictions(manifest);
  return contradictions.length === 0 ? manifest : invalid(where, contradictions);
}

function parseJson(content: Buffer, where: string): { value: unknown } | { error: AppError } {
  if (!isUtf8(content)) return { error: damaged(where, 'it is not UTF-8 text') };
  try {
    return { value: JSON.parse(content.toString()) };
  } catch (error) {
    // V8 quotes what it found, which may be anything.
    return { error: damaged(where, `it is not JSON (${messageOf(error).slice(0, 80)})`, error) };
  }
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function refuseShape(value: unknown, where: string, issues: readonly Issue[]): AppError {
  const version = typeof value === 'object' && value !== null && 'formatVersion' in value && value.formatVersion;
  if (typeof version === 'number' && version > 1)
    return bundleError('bundle_format_newer', {
      message: `${where} has formatVersion ${version}, this release reads 1`,
      hint: 'Use the release that took the bundle, or a newer one.',
      details: { found: version, expected: 1 },
    });
  return invalid(
    where,
    issues.map((issue) => `${issue.path.map(String).join('.') || 'the document'}: ${issue.message}`),
  );
}

/** What the shape cannot say. */
function findContradictions(manifest: BundleManifest): string[] {
  const names = manifest.databases.map((database) => database.name);
  const paths = manifest.databases.map((database) => database.file.path);
  const sealed = manifest.encryption !== null;
  return [
    names.join() === databaseNames.join()
      ? []
      : `databases: must be ${databaseNames.join(', ')}, found ${names.join(', ')}`,
    new Set(paths).size === paths.length ? [] : `databases: two share one file`,
    paths
      .filter((path) => path === documentName || path === documentCopyName)
      .map((path) => `databases: the file ${path} is not a dump`),
    paths
      .filter((path) => path.endsWith('.age') !== sealed)
      .map((path) => `databases: ${path} ${sealed ? 'must' : 'must not'} end with .age`),
  ].flat();
}

function damaged(where: string, found: string, cause?: unknown): AppError {
  return bundleError('bundle_manifest_damaged', {
    message: `${where} is not as it was written: ${found}`,
    hint: 'Use another copy of the bundle from another target, or another bundle.',
    cause,
  });
}

function invalid(where: string, problems: readonly string[]): AppError {
  const shown = problems.slice(0, 5).map((problem) => problem.slice(0, 200));
  const more = problems.length > shown.length ? `; and ${problems.length - shown.length} more` : '';
  return bundleError('bundle_manifest_invalid', {
    message: `${where} is not valid: ${shown.join('; ')}${more}`,
    hint: 'Use another bundle; bundle.json is written by Plimsoll alone (docs/bundle.schema.json).',
    details: { problems: shown },
  });
}
