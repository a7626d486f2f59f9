import type { Severity } from '../contract/index.ts';
import type { PostureFacts } from './facts.ts';

/** One way in which a rule holds: the part it was seen at, one sentence and the command to copy ('' if there is none). */
export interface Finding {
  readonly part: string;
  readonly message: string;
  readonly remedy: string;
}

/** One row of the verdict's table. */
export interface Rule {
  readonly code: string;
  readonly severity: Severity;
  /** While it holds, nobody can say whether all is well. */
  readonly cannotTell?: true;
  readonly find: (facts: PostureFacts) => readonly Finding[];
}
