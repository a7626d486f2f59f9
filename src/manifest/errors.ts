import { errorsOf, type ErrorTable } from '../base/index.ts';

export const manifestErrorTable = {
  manifest_unreadable: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The compatibility manifest cannot be opened, or what it holds is not JSON.',
  },
  manifest_invalid: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The compatibility manifest is JSON but not of the published shape (docs/release-manifest.schema.json). Every problem is listed with its path; unknown keys are problems too.',
  },
  manifest_version_unsupported: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The manifest is written in a format that this build does not read: its `manifestVersion` is not 1. It belongs to another release.',
  },
} as const satisfies ErrorTable;

export const manifestError = errorsOf(manifestErrorTable);
