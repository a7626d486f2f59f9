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
  preflight_file_unwritable: {
    httpStatus: 500,
    exitCode: 2,
    about:
      'The file that `--output` names could not be written, so the run is kept nowhere but in the config database.',
  },
  preflight_file_unreadable: {
    httpStatus: 400,
    exitCode: 2,
    about: 'The file of a run to be recorded could not be read, is no file, or is far larger than a run can be.',
  },
  preflight_file_invalid: {
    httpStatus: 400,
    exitCode: 2,
    about:
      'The file to be recorded is not a run of preflight as it was written: a field is missing, unknown or malformed, or what it says does not hold together. Nothing of it was recorded.',
  },
  preflight_file_newer: {
    httpStatus: 400,
    exitCode: 2,
    about: 'The file of a run was written by a newer release in a form that this one does not know.',
  },
  preflight_file_foreign: {
    httpStatus: 409,
    exitCode: 2,
    about:
      'The run in the file judged the databases of another deployment, or nothing shows that it judged these. A run belongs to the servers and databases that it looked at; on a copy of them preflight is run again.',
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
