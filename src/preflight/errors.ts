import { errorsOf, type ErrorTable } from '../base/index.ts';

export const preflightErrorTable = {
  preflight_not_recorded: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'The checks ran, but their result could not be written to the config database, so no page shows it. What was found is printed all the same.',
  },
  preflight_unsupported: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'The config database holds preflight runs in the form of a newer release, which this one cannot read. Normal while a rolling upgrade lasts.',
  },
} as const satisfies ErrorTable;

export const preflightError = errorsOf(preflightErrorTable);
