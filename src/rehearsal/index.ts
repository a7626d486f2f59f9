export { rehearse, type RehearsalOutcome, type RehearsalRequest } from './rehearse.ts';
export type { RehearsalProgress } from './stage.ts';
export { rehearsalErrorTable } from './errors.ts';
