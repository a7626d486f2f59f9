/** One thing that keeps a release from being cut, and what to do about it. */
export interface ReleaseProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}
