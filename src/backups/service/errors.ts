import { errorsOf, type ErrorTable } from '../../base/index.ts';

export const backupServiceErrorTable = {
  service_token_refused: {
    httpStatus: 401,
    exitCode: 1,
    about:
      'The call of the backup service needs `Authorization: Bearer` with BACKUP_SERVICE_TOKEN, and there was none, or another one, such as one that has been replaced since.',
  },
  backup_run_missing: {
    httpStatus: 404,
    exitCode: 1,
    about: 'The backup service has no run of this id; the oldest ones are forgotten.',
  },
  backup_run_ended: {
    httpStatus: 409,
    exitCode: 3,
    about: 'The run was to be cancelled and has ended already.',
  },
  backup_run_elsewhere: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The run was to be cancelled and is not one of this service: somebody does it directly, with `--direct`, or another replica does.',
  },
  backup_run_interrupted: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The backup service ended while the run was at work. What it had written was removed; bundles that were listed before are as they were.',
  },
  backup_run_cancelled: {
    httpStatus: 409,
    exitCode: 1,
    about: 'Somebody cancelled the run. What it had written was removed.',
  },
  backup_run_gave_way: {
    httpStatus: 409,
    exitCode: 1,
    about:
      'A bundle was being copied to another place, which gives way to whatever else is to be done. What it had written there was removed; the copy is made when nothing else is under way.',
  },
  backup_targets_unread: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'The backup service could not read any of the places where bundles are kept since it started, so it cannot say which there are. Not the same as having none.',
  },
  backup_target_slow: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'A place where bundles are kept did not answer in time. What was asked for may or may not have been done there.',
  },
  bundle_protected: {
    httpStatus: 409,
    exitCode: 3,
    about: 'The bundle is pinned, or it is the last one that was proven by a restore: neither is deleted.',
  },
  prove_unavailable: {
    httpStatus: 409,
    exitCode: 3,
    about: 'Bundles cannot be proven by a restore here; the message says what stands in the way.',
  },
} as const satisfies ErrorTable;

export const backupServiceError = errorsOf(backupServiceErrorTable);
