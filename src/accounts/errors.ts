import { errorsOf, type ErrorTable } from '../base/index.ts';

export const accountErrorTable = {
  user_exists: {
    httpStatus: 409,
    exitCode: 1,
    about: 'A user of this name exists already; names differ by more than case.',
  },
  user_unknown: { httpStatus: 404, exitCode: 1, about: 'There is no user of this name.' },
  username_invalid: {
    httpStatus: 400,
    exitCode: 1,
    about: 'A username has 1 to 200 characters and neither begins nor ends with a space; `recovery` is reserved.',
  },
  password_too_weak: {
    httpStatus: 400,
    exitCode: 1,
    about:
      'A password needs at least 12 characters, at most 1000, and must not be the username. No mix of letters and signs is asked for: length is what counts (NIST SP 800-63B, OWASP ASVS 2.1).',
  },
  last_admin: {
    httpStatus: 409,
    exitCode: 1,
    about:
      'The change would leave nobody who may administer: this is the last admin who is not switched off. Make another admin first.',
  },
  role_unknown: { httpStatus: 400, exitCode: 1, about: 'The roles are admin, auditor and user.' },
  token_exists: {
    httpStatus: 409,
    exitCode: 1,
    about: 'A token of this name is in use. Names of revoked tokens may be used again.',
  },
  token_unknown: { httpStatus: 404, exitCode: 1, about: 'There is no token of this name that is still in use.' },
  token_name_invalid: {
    httpStatus: 400,
    exitCode: 1,
    about: 'A token name has 1 to 100 characters and is not blank.',
  },
  token_expiry_invalid: {
    httpStatus: 400,
    exitCode: 1,
    about: 'A token expires after a whole number of days, from 1 to 3650; without one it is valid until revoked.',
  },
  accounts_not_migrated: {
    httpStatus: 503,
    exitCode: 1,
    about: 'The config database answers but does not have the tables of users and tokens yet.',
  },
} as const satisfies ErrorTable;

export const accountError = errorsOf(accountErrorTable);
