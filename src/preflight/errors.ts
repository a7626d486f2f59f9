import { errorsOf, type ErrorTable } from '../base/index.ts';

export const preflightErrorTable = {
  preflight_not_recorded: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'The checks ran, but their result could not be written to the config database, so no page shows it. What was found is printed all the same.',
  },
  rehearsal_not_recorded: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'The pending migrations were rehearsed, but what that showed could not be written to the config database, so preflight does not know of it. It is printed all the same.',
  },
  preflight_unsupported: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'The config database holds preflight runs in the form of a newer release, which this one cannot read. Normal while a rolling upgrade lasts.',
  },
  preflight_linter_missing: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'squawk, which lints the pending migrations, is not installed for this platform or did not answer. It comes inside its npm package, as an optional dependency.',
  },
} as const satisfies ErrorTable;

export const preflightError = errorsOf(preflightErrorTable);
