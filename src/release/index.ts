export { checkRelease } from './check.ts';
export type { ReleaseProblem } from './problem.ts';
export { buildRelease, recordRelease, type BuiltImage } from './build.ts';
export * from './deploy/index.ts';
export { composeHost, imageVariable } from './compose/host.ts';
