export { checkRelease, type ReleaseProblem } from './check.ts';
