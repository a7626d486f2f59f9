export * from './health.ts';
export * from './help.ts';
export * from './databases.ts';
export * from './manifest.ts';
export * from './problem.ts';
export * from './release.ts';
export * from './scans.ts';
export * from './session.ts';
export type { StackFile } from './stack.ts';
