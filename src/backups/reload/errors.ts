import { errorsOf, type ErrorTable } from '../../base/index.ts';

export const reloadErrorTable = {
  reload_file_damaged: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'A dump was read to its end and is not the file that its bundle was written with: its SHA-256 or its size differs from `bundle.json`.',
  },
  reload_server_older: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The bundle was taken from a newer major version of Postgres than the server it is to be restored on. Dumps go forwards, not back.',
  },
  reload_no_space: {
    httpStatus: 507,
    exitCode: 3,
    about: 'The disk of the database server has less room than the databases of the bundle take. Nothing was begun.',
  },
  reload_rights_missing: {
    httpStatus: 403,
    exitCode: 3,
    about:
      'The role may not do what a restore needs: make databases, or end the sessions of the roles that use them. `deploy/roles.sql` grants both.',
  },
} as const satisfies ErrorTable;

export const reloadError = errorsOf(reloadErrorTable);
