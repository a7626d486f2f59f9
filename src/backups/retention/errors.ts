import { errorsOf, type ErrorTable } from '../../base/index.ts';

export const retentionErrorTable = {
  retention_invalid: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'A setting says how many bundles are kept, and cannot be read: it takes `last`, `daily`, `weekly` and `monthly`, each with a number, such as `last=7,daily=7,weekly=4,monthly=6`; at least the last one is always kept.',
  },
} as const satisfies ErrorTable;

export const retentionError = errorsOf(retentionErrorTable);
