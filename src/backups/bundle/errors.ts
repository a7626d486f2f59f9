import { errorsOf, type ErrorTable } from '../../base/index.ts';

export const bundleErrorTable = {
  bundle_missing: {
    httpStatus: 404,
    exitCode: 1,
    about: 'There is no bundle of this id on the target: it was removed, never taken, or the id is not one.',
  },
  bundle_incomplete: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'A folder has a bundle’s place and name, but no `bundle.json`: it is the rest of a bundle, and is never restored.',
  },
  bundle_manifest_too_large: {
    httpStatus: 409,
    exitCode: 3,
    about: '`bundle.json` is larger than any that Plimsoll writes, and is not read further.',
  },
  bundle_manifest_damaged: {
    httpStatus: 409,
    exitCode: 3,
    about:
      '`bundle.json` is not as it was written: it is not JSON, or its checksum does not fit what it says. One changed bit is enough. The copy beside it is used when that one is whole.',
  },
  bundle_manifest_invalid: {
    httpStatus: 409,
    exitCode: 3,
    about:
      '`bundle.json` is JSON, but not of the published shape (docs/bundle.schema.json). Every problem is listed with its path; unknown keys are problems too.',
  },
  bundle_format_newer: {
    httpStatus: 409,
    exitCode: 3,
    about: 'The bundle is written in a format that this release does not read: a newer release took it.',
  },
  bundle_renamed: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The id inside `bundle.json` is not the name of its folder: the folder was renamed, or copied under another name.',
  },
  bundle_file_damaged: {
    httpStatus: 409,
    exitCode: 3,
    about: 'A file of the bundle is not as long as it was written. What was sent of it was broken off.',
  },
} as const satisfies ErrorTable;

export const bundleError = errorsOf(bundleErrorTable);
