import { errorsOf, type ErrorTable } from '../base/index.ts';

const unread = { httpStatus: 503, exitCode: 2 } as const;

export const postureErrorTable = {
  drift_unrecorded: {
    ...unread,
    about:
      'No migrator run has recorded the schema of this database, or the last one ended before it could, so there is nothing to compare the live schema with. The next run of the migrator records it.',
  },
  history_time_invalid: {
    httpStatus: 400,
    exitCode: 1,
    about:
      'A time by which the history is asked is not one. A date such as `2026-05-03` or a time such as `2026-05-03T12:00` is; without an offset it is UTC.',
  },
  history_cursor_invalid: {
    httpStatus: 400,
    exitCode: 1,
    about: 'The page of the history that was asked for is not one that an answer has named in `next`.',
  },
  history_unavailable: {
    ...unread,
    about:
      'The config database has no table for the history yet, because its schema is older than this release. What changes until the migrator has run is kept by the managers and written afterwards.',
  },
} as const satisfies ErrorTable;

export const postureError = errorsOf(postureErrorTable);
