import type { Problem } from '../../src/contract/index.ts';

/** A problem document as the manager writes them. */
export function problemOf(status: number, code: string, detail: string): Problem {
  const remedy = 'Run `plimsoll user list` to see who may sign in.';
  return { type: `/docs/errors#${code}`, title: 'This was refused', status, code, detail, remedy, requestId: 'r-1' };
}
