import { validRange } from 'semver';
import { manifestSchema } from '../contract/index.ts';

/** Every problem of a value that should be a manifest, each as `path: what is wrong`; empty when there is none. */
export function explainManifest(value: unknown): string[] {
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) return parsed.error.issues.map((issue) => `${pathOf(issue.path)}: ${issue.message}`);
  const { upgradableFrom } = parsed.data;
  if (validRange(upgradableFrom) !== null) return [];
  return [`upgradableFrom: must be a semver range such as >=1.0.0, found ${JSON.stringify(upgradableFrom)}`];
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the manifest' : path.map(String).join('.');
}
