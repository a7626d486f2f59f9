import { errorsOf, type ErrorTable } from '../base/index.ts';

export const managerErrorTable = {
  cross_site: {
    httpStatus: 403,
    exitCode: 1,
    about: 'A browser sent this request from a page of another site, so it was refused before anything was done.',
  },
  not_signed_in: {
    httpStatus: 401,
    exitCode: 1,
    about: 'The call needs a session cookie or an API token, and there is none, or it has ended.',
  },
  forbidden: {
    httpStatus: 403,
    exitCode: 1,
    about: 'Whoever is signed in does not have a role that may make this call.',
  },
  read_only: {
    httpStatus: 403,
    exitCode: 1,
    about: 'Auditors and whoever signed in with the recovery token may read and change nothing.',
  },
  credentials_refused: {
    httpStatus: 401,
    exitCode: 1,
    about: 'The name, password or recovery token is wrong, or the user is switched off. Which of these is not told.',
  },
  token_refused: {
    httpStatus: 401,
    exitCode: 1,
    about: 'The API token is not known, has been revoked or has expired.',
  },
  sign_in_unavailable: {
    httpStatus: 503,
    exitCode: 1,
    about:
      'Users and tokens are in the config database and it cannot be read now. Sessions that exist go on; the recovery token opens a read-only one.',
  },
  too_many_attempts: {
    httpStatus: 429,
    exitCode: 1,
    about:
      'Too many failed sign-ins or unknown tokens came from this network address. Other addresses are not affected; `Retry-After` says how long to wait.',
  },
  busy: { httpStatus: 503, exitCode: 1, about: 'More people are signing in at once than passwords can be checked.' },
  own_account: {
    httpStatus: 409,
    exitCode: 1,
    about: 'Nobody takes away the role they are signed in with, or switches themselves off: another admin has to.',
  },
  audit_time_invalid: {
    httpStatus: 400,
    exitCode: 1,
    about:
      'A time by which the audit log is asked is not one. A date such as `2026-05-03` or a time such as `2026-05-03T12:00` is; without an offset it is UTC.',
  },
  not_ready: {
    httpStatus: 503,
    exitCode: 1,
    about:
      'The gate is closed, or the manager has just started: product requests should be sent elsewhere. `reasons` names each database with its versions and remedy.',
  },
} as const satisfies ErrorTable;

export const managerError = errorsOf(managerErrorTable);
