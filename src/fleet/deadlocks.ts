import { sqlState, sqlStateOf } from '../postgres/index.ts';

const tries = 5;

/** Runs a transaction again when Postgres chose it as the victim of a deadlock (40P01): nothing of it was kept. */
export async function retryDeadlocks<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === tries || sqlStateOf(error) !== sqlState.deadlockDetected) throw error;
    }
  }
}
