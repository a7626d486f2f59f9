import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that holds release.json and migrations/: the nearest one at or above the running code. The same
 * rule serves sources (src/manifest/…) and a bundle (dist/plimsoll.js), wherever a bundler puts this function.
 */
export function packageRoot(codeUrl: string = import.meta.url): string {
  const start = dirname(fileURLToPath(codeUrl));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'release.json'))) return folder;
    if (folder === dirname(folder)) return start;
  }
}

/** The image's own compatibility manifest. */
export function defaultManifestPath(): string {
  return join(packageRoot(), 'release.json');
}

/** The image's own migration files. */
export function defaultMigrationsDir(): string {
  return join(packageRoot(), 'migrations');
}
