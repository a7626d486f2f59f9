import { errorsOf, type ErrorTable } from '../../base/index.ts';

export const verifyErrorTable = {
  bundle_damaged: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'A bundle was verified and is not what was written, or was restored and is not what its snapshot held. The message says what was found; the ledger keeps it.',
  },
  bundle_not_checked: {
    httpStatus: 503,
    exitCode: 1,
    about:
      'A bundle could not be verified: the place it lies in, or the server it was to be restored on, did not play along. That says nothing of the bundle.',
  },
} as const satisfies ErrorTable;

export const verifyError = errorsOf(verifyErrorTable);
