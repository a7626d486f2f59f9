import { errorsOf, type ErrorTable } from '../base/index.ts';

export const rehearsalErrorTable = {
  rehearsal_bundle_outdated: {
    httpStatus: 409,
    exitCode: 2,
    about:
      'The bundle holds a database at another schema version than the one that is running, so that other migrations would be rehearsed than are pending.',
  },
  rehearsal_bundle_foreign: {
    httpStatus: 409,
    exitCode: 2,
    about: 'The bundle is of another deployment, so its data says nothing of this one.',
  },
  rehearsal_bundle_damaged: {
    httpStatus: 409,
    exitCode: 2,
    about: 'The bundle is known to be damaged. A rehearsal on half of the data would show nothing.',
  },
  rehearsal_schema_refused: {
    httpStatus: 409,
    exitCode: 2,
    about:
      'The ledger of a running database has a problem for which the migrator would refuse it. That is to be mended first: then there is something to rehearse.',
  },
  rehearsal_no_space: {
    httpStatus: 507,
    exitCode: 2,
    about:
      'The disk of the database server has less room than the scratch databases of a rehearsal are going to take. Nothing was begun.',
  },
  rehearsal_server_older: {
    httpStatus: 409,
    exitCode: 2,
    about: 'The bundle is of a newer major version of Postgres than the server it is to be rehearsed on.',
  },
  rehearsal_cancelled: {
    httpStatus: 409,
    exitCode: 2,
    about: 'Somebody stopped the rehearsal. Its scratch databases are gone.',
  },
} as const satisfies ErrorTable;

export const rehearsalError = errorsOf(rehearsalErrorTable);
