import { errorsOf, type ErrorTable } from '../base/index.ts';

export const managerErrorTable = {
  not_found: { httpStatus: 404, exitCode: 1, about: 'Nothing is served at this path.' },
  method_not_allowed: {
    httpStatus: 405,
    exitCode: 1,
    about: 'The path exists but not with this method; the `Allow` header lists the ones it takes.',
  },
  body_malformed: { httpStatus: 400, exitCode: 1, about: 'The request body is empty or is not valid JSON.' },
  body_too_large: {
    httpStatus: 413,
    exitCode: 1,
    about: 'The request body is larger than any call of this API takes.',
  },
  media_type_unsupported: {
    httpStatus: 415,
    exitCode: 1,
    about: 'The API takes JSON: send `Content-Type: application/json`.',
  },
  request_invalid: {
    httpStatus: 400,
    exitCode: 1,
    about:
      'The request does not have the shape the call takes. `errors` names each field with what was found and what was expected.',
  },
  request_malformed: { httpStatus: 400, exitCode: 1, about: 'The request is not well-formed HTTP.' },
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
  not_ready: {
    httpStatus: 503,
    exitCode: 1,
    about:
      'The gate is closed: product requests should be sent elsewhere. `reasons` names each database with its versions and remedy.',
  },
  listen_failed: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The manager could not listen on HOST and PORT: the port is taken, or the address is not one of this machine.',
  },
  internal: {
    httpStatus: 500,
    exitCode: 1,
    about: 'A fault in the manager itself. Its log has the cause under the request id of the answer.',
  },
} as const satisfies ErrorTable;

export const managerError = errorsOf(managerErrorTable);
