import type { ResultRequest } from '../../contract/index.ts';
import type { EncodedResult } from '../manager-client.ts';

/** What one version of the wire protocol changes for a scanner; the calls themselves are the same in all. */
export interface Dialect {
  /** Most jobs to ask for in one lease call. */
  readonly jobsPerLease: number;
  /** Whether findings may be sent before the job has ended. */
  readonly partialResults: boolean;
  encode(result: ResultRequest): EncodedResult;
}
