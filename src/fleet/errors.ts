import { errorsOf, type ErrorTable } from '../base/index.ts';

export const fleetErrorTable = {
  enrolment_token_invalid: {
    httpStatus: 401,
    exitCode: 1,
    about: 'The enrolment token is unknown, has expired, has been used as often as it may be, or was revoked.',
  },
  credential_invalid: {
    httpStatus: 401,
    exitCode: 1,
    about:
      'The call carries no scanner credential, or one that is not known: mistyped, replaced by a rotation, or of another deployment. The scanner has to enrol again.',
  },
  credential_revoked: {
    httpStatus: 401,
    exitCode: 1,
    about: 'An administrator revoked this scanner. It may enrol again only with a new enrolment token.',
  },
  protocol_unsupported: {
    httpStatus: 426,
    exitCode: 1,
    about:
      'The scanner speaks a wire-protocol version outside the window of this release, so it gets no job. It may go on sending heartbeats; `window` says which versions are spoken.',
  },
  lease_lost: {
    httpStatus: 409,
    exitCode: 1,
    about:
      'The lease is no longer this scanner’s: it expired, the job was cancelled, or a backup was restored since. The result was dropped; another scanner does the job.',
  },
  outcome_not_of_protocol: {
    httpStatus: 400,
    exitCode: 1,
    about:
      'The result has an outcome that the protocol version of its lease does not have, such as `partial` in version 1.',
  },
  fleet_unavailable: {
    httpStatus: 503,
    exitCode: 1,
    about:
      'The manager is stopping, or cannot reach a database the fleet needs. Not an error for a scanner: it waits for `Retry-After` and keeps its results.',
  },
  scanner_unknown: { httpStatus: 404, exitCode: 1, about: 'No scanner has this id.' },
  scan_unknown: { httpStatus: 404, exitCode: 1, about: 'No scan has this id.' },
  schedule_unknown: { httpStatus: 404, exitCode: 1, about: 'No schedule of scans has this id.' },
  schedule_invalid: {
    httpStatus: 400,
    exitCode: 1,
    about:
      'The cron expression or the time zone of a schedule cannot be read, or names a time that never comes. Five fields are read (minute, hour, day of month, month, day of week), by the clock of an IANA time zone; seconds are refused. `field` says which of the two it is.',
  },
  schedule_still_running: {
    httpStatus: 409,
    exitCode: 1,
    about:
      'A schedule was to run now while its scan before still runs. One scan of a schedule runs at a time; `scanId` names it.',
  },
  schedules_too_many: {
    httpStatus: 409,
    exitCode: 1,
    about: 'As many schedules are kept as may be. One has to be deleted before another is made.',
  },
  enrolment_token_unknown: { httpStatus: 404, exitCode: 1, about: 'No enrolment token has this id.' },
} as const satisfies ErrorTable;

export const fleetError = errorsOf(fleetErrorTable);
