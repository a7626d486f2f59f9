import { errorsOf, type ErrorTable } from '../../base/index.ts';

export const lockErrorTable = {
  backup_busy: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'A bundle is being taken, verified, proven or restored already, by this process, another one or another replica. Taking, verifying and proving are done one at a time, and nothing is taken while a restore is at work; the message names who is at it.',
  },
  backup_lock_lost: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The session that held the lock in the config database ended while a bundle was taken, so another taking could have begun. The bundle was given up; nothing of it was kept.',
  },
  backup_folder_unusable: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The folder of BACKUP_DIR cannot be made, locked or written by whoever runs the backup.',
  },
  bundle_in_use: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The bundle is being downloaded, verified, proven or restored, and is not deleted meanwhile; or it is being deleted, and cannot be used any more. Retention passes over a bundle in use and comes back to it after the next one that is taken.',
  },
} as const satisfies ErrorTable;

export const lockError = errorsOf(lockErrorTable);
