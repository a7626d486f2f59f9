import { readFileSync } from 'node:fs';
import { messageOf } from '../base/index.ts';
import type { Manifest } from '../contract/index.ts';
import { manifestError } from './errors.ts';
import { isManifest, isPlainRange } from './recognise.ts';

const wayOut =
  'Correct the file against docs/release-manifest.schema.json, or unset RELEASE_MANIFEST to use the one of this image.';

/** Reads and checks a compatibility manifest. Throws manifest_unreadable, manifest_invalid or manifest_version_unsupported. */
export async function readManifest(path: string): Promise<Manifest> {
  const value = parseJson(path, readText(path));
  if (isManifest(value) && isPlainRange(value.upgradableFrom)) return value;
  const { explainManifest } = await import('./explain.ts');
  const problems = explainManifest(value);
  if (problems.length === 0 && isManifest(value)) return value;
  throw describe(path, value, problems);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw manifestError('manifest_unreadable', {
      message: `the manifest ${path} cannot be read: ${messageOf(error)}`,
      hint: 'Point RELEASE_MANIFEST at a readable release.json, or unset it to use the one of this image.',
      details: { path },
      cause: error,
    });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw manifestError('manifest_unreadable', {
      message: `the manifest ${path} is not JSON: ${messageOf(error)}`,
      hint: wayOut,
      details: { path },
      cause: error,
    });
  }
}

function describe(path: string, value: unknown, problems: readonly string[]): Error {
  const version = formatVersionOf(value);
  if (version !== undefined && version !== 1)
    return manifestError('manifest_version_unsupported', {
      message: `the manifest ${path} has manifestVersion ${JSON.stringify(version)}, this build reads 1`,
      hint: 'Run the image that the manifest belongs to, or unset RELEASE_MANIFEST to use the one of this image.',
      details: { path, found: version, expected: 1 },
    });
  return manifestError('manifest_invalid', {
    message: `the manifest ${path} is not valid: ${problems.join('; ')}`,
    hint: wayOut,
    details: { path, problems },
  });
}

function formatVersionOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('manifestVersion' in value)) return undefined;
  return value.manifestVersion;
}
