import { errorsOf, type ErrorTable } from '../base/index.ts';

const unread = { httpStatus: 503, exitCode: 2 } as const;

export const postureErrorTable = {
  drift_unrecorded: {
    ...unread,
    about:
      'No migrator run has recorded the schema of this database, or the last one ended before it could, so there is nothing to compare the live schema with. The next run of the migrator records it.',
  },
} as const satisfies ErrorTable;

export const postureError = errorsOf(postureErrorTable);
