import { errorsOf, type ErrorTable } from '../base/index.ts';

export const httpErrorTable = {
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
  listen_failed: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The program could not listen on the host and port of its settings: the port is taken, or the address is not one of this machine.',
  },
  internal: {
    httpStatus: 500,
    exitCode: 1,
    about: 'A fault in the program itself. Its log has the cause under the request id of the answer.',
  },
} as const satisfies ErrorTable;

export const httpError = errorsOf(httpErrorTable);
