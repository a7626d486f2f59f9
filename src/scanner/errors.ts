import { errorsOf, type ErrorTable } from '../base/index.ts';

export const scannerErrorTable = {
  credential_refused: {
    httpStatus: 401,
    exitCode: 3,
    about:
      'The manager does not accept the credential of this scanner: it was revoked, or the manager does not know it. The scanner stops and keeps its spooled results; it does not enrol again by itself, so that revoking is final.',
  },
  enrolment_refused: {
    httpStatus: 401,
    exitCode: 3,
    about: 'The manager does not accept the enrolment token: it is unknown, expired, used up or revoked.',
  },
  enrolment_token_missing: {
    httpStatus: 500,
    exitCode: 1,
    about: 'This scanner has no credential in its state folder yet and was given no enrolment token to get one with.',
  },
  manager_unreachable: {
    httpStatus: 502,
    exitCode: 1,
    about:
      '`plimsoll scanner --once` could not reach the manager, or could not deliver a result. Results stay in the spool for the next run. A scanner that is left running waits instead of ending.',
  },
  manager_url_missing: {
    httpStatus: 500,
    exitCode: 1,
    about: 'A scanner needs to be told where its manager is.',
  },
  outside_protocol_window: {
    httpStatus: 426,
    exitCode: 3,
    about:
      '`plimsoll scanner --once` speaks a protocol version that the manager gives no jobs to. A scanner that is left running logs this and asks again at its heartbeat pace.',
  },
  scanner_state_unusable: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The state folder of the scanner cannot be used: its credential file does not parse, or the folder cannot be written.',
  },
} as const satisfies ErrorTable;

export const scannerError = errorsOf(scannerErrorTable);
