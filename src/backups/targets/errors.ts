import { errorsOf, type AppError, type ErrorTable } from '../../base/index.ts';

export const targetErrorTable = {
  target_unavailable: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'A place where bundles are kept cannot be used now: the folder is not there, not mounted or not to be read, or the store does not answer. Nothing is known of its bundles meanwhile, which is not the same as having none.',
  },
  target_unrecognised: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'A place where bundles are kept has lost its mark `plimsoll-backups.json`, by which it is recognised. An empty folder under a disk that is not mounted looks so; nothing is written into it.',
  },
  target_foreign: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The place where bundles are to be kept belongs to another deployment of Plimsoll, by its mark `plimsoll-backups.json`. Two deployments never share one.',
  },
  target_full: {
    httpStatus: 507,
    exitCode: 1,
    about:
      'A place where bundles are kept has no room left, or a quota is used up. What was begun is removed again; older bundles are untouched.',
  },
  target_refused: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'A place where bundles are kept turns the service away: wrong, missing or expired credentials, or a missing right.',
  },
  target_clock_skewed: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'The S3-compatible store turns requests away because the clock of this machine and its own differ by too much.',
  },
  target_object_missing: {
    httpStatus: 404,
    exitCode: 1,
    about: 'A file that was asked for is not at the place where bundles are kept.',
  },
  target_object_unsafe: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'What has the place of a file is a link, a folder, a socket or the like, or its name leads elsewhere. It is never followed, read or overwritten.',
  },
  target_object_differs: {
    httpStatus: 502,
    exitCode: 1,
    about:
      'A store where bundles are kept does not have what it was sent, by its own list: a file is missing or of another size, though each upload was answered with a yes. The copy was removed again; bundles that were there before, and the other copies, are untouched.',
  },
  target_bundle_exists: {
    httpStatus: 409,
    exitCode: 3,
    about: 'A bundle is never written over another one of the same id.',
  },
  target_url_invalid: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The setting `BACKUP_S3_URL` is not the address of an S3-compatible store.',
  },
} as const satisfies ErrorTable;

export const targetError = errorsOf(targetErrorTable);

/** The error for a key that leads elsewhere, or for something that is not a file in a file's place. */
export function unsafeKey(target: string, key: string): AppError {
  return targetError('target_object_unsafe', {
    message: `${JSON.stringify(key.slice(0, 100))} on ${target} is not a plain file below its root, and is left alone`,
    hint: 'Look at what lies there, and remove it if it does not belong there.',
    details: { target, key: key.slice(0, 300) },
  });
}

/** The error about an object that was asked for and is not there. */
export function objectMissing(target: string, key: string): AppError {
  return targetError('target_object_missing', {
    message: `${key} is not on ${target}`,
    hint: 'Type `plimsoll backup verify` to see what the bundle lacks.',
    details: { target, key },
  });
}

/** The error about a bundle whose place is taken already. */
export function bundleExists(target: string, id: string): AppError {
  return targetError('target_bundle_exists', {
    message: `there is a bundle ${id} already on ${target}`,
    hint: 'Take the bundle again: each one gets a new id.',
  });
}
