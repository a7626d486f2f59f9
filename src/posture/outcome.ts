import { withDeadline, type AppError, type Clock } from '../base/index.ts';
import type { PartError } from '../contract/index.ts';

/** What a reader came back with: a value and its time, or the reason why there is none. */
export type Outcome<T> = { readonly value: T; readonly readAt: Date } | { readonly error: PartError };

/** The outcome of a part that nobody has read yet. */
export const notReadYet: Outcome<never> = { error: { code: 'not_read_yet', message: 'not read yet' } };

/** On what terms a part is read. */
export interface ReadTerms {
  readonly clock: Clock;
  /** How long the part may take; whatever it holds then is let go. */
  readonly deadlineMs: number;
}

export interface Attempt<T> {
  readonly terms: ReadTerms;
  /** Must let go of what it holds when the signal fires. */
  readonly work: (signal: AbortSignal) => Promise<T>;
  /** Turns whatever the work throws, DeadlineExceeded included, into an error that is safe to show. */
  readonly explain: (error: unknown) => AppError;
}

/** Reads one part within the deadline; never throws. */
export async function attempt<T>({ terms, work, explain }: Attempt<T>): Promise<Outcome<T>> {
  try {
    const value = await withDeadline(terms.deadlineMs, work);
    return { value, readAt: terms.clock.now() };
  } catch (error) {
    const { code, message } = explain(error);
    return { error: { code, message } };
  }
}

/** Why a part could not be read, or null; and when it was last read, or null if it never was. */
export function errorAndTime(
  outcome: Outcome<unknown>,
  known: { readonly readAt: string } | null,
): { readonly error: PartError | null; readonly readAt: string | null } {
  return 'value' in outcome
    ? { error: null, readAt: outcome.readAt.toISOString() }
    : { error: outcome.error, readAt: known?.readAt ?? null };
}
