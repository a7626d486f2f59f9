import type { PostureChange } from '../../contract/index.ts';

/** One change in the form of the contract. */
export function change(part: string, code: string, message: string, who: string | null = null): PostureChange {
  return { part, code, message, who };
}
