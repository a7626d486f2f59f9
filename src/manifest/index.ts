export { manifestErrorTable } from './errors.ts';
export { defaultManifestPath, defaultMigrationsDir, packageRoot } from './locate.ts';
export { readManifest } from './read.ts';
