export * from './backup.ts';
export * from './databases.ts';
export * from './manifest.ts';
export * from './problem.ts';
export * from './release.ts';
export * from './scanner.ts';
export * from './scanner-work.ts';
export * from './session.ts';
export type { StackFile } from './stack.ts';
