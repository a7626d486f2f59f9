import { sqlStateOf } from '../postgres/index.ts';

/** Whether Postgres refused what it was given (classes 22 and 23): the same again is in vain, the rest of a batch is not. */
export function isDataFault(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? '');
}
