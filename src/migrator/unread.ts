import type { SchemaAssessment } from './types.ts';

/** What there is to say of a database whose ledger could not be read: nothing but what is required of it. */
export interface UnreadSchema extends Pick<SchemaAssessment, 'required'> {
  readonly status: 'unknown';
  readonly current: null;
  readonly pending: [];
  readonly problems: [];
  readonly migrating: false;
  readonly aheadAllowed: null;
}

/** The counterpart of `assessSchema` where there is no reading to assess. */
export function unreadSchema(required: number): UnreadSchema {
  return {
    status: 'unknown',
    current: null,
    required,
    pending: [],
    problems: [],
    migrating: false,
    aheadAllowed: null,
  };
}
