import { errorsOf, type ErrorTable } from '../../base/index.ts';

export const takeErrorTable = {
  backup_restore_unfinished: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'A restore was interrupted, or waits for an operator: the three databases may be of different moments, and a bundle of them would look whole. It is gone on with (`--resume`) or undone (`--back`) before a bundle is taken.',
  },
  backup_deployment_unknown: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The config database does not have the id of the deployment, which every bundle carries: it has not been brought to this release yet.',
  },
  backup_room_short: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The place for the bundle has less room than it is going to need by the size of the databases and of earlier bundles. Nothing was begun.',
  },
  backup_copy_failed: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The bundle is whole where the message says, but could not be brought to every place that is to have a copy. The backup service brings it there as soon as it can; without the service only the next bundle tries again.',
  },
  backup_not_whole: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The bundle was read back right after it was written, and is not what was written: the disk or memory of the machine is at fault, or the store. What was written was removed again.',
  },
} as const satisfies ErrorTable;

export const takeError = errorsOf(takeErrorTable);
