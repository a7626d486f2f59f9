import { manifestSchema } from '../contract/index.ts';

/** Every problem of a value that should be a manifest, each as `path: what is wrong`; empty when there is none. */
export function explainManifest(value: unknown): string[] {
  const parsed = manifestSchema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${pathOf(issue.path)}: ${issue.message}`);
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the manifest' : path.map(String).join('.');
}
