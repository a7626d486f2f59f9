import { errorsOf, type ErrorTable } from '../../base/index.ts';

const refused = { httpStatus: 409, exitCode: 3 } as const;

export const restoreErrorTable = {
  restore_schema_newer: {
    ...refused,
    about:
      'The bundle holds a schema that is too new for this release to run on. Restore it with the release that took it, or a newer one.',
  },
  restore_unverified: {
    ...refused,
    about:
      'No verification of the bundle has ever passed, or its newest one failed. Verify or prove it first; in an emergency `--accept-unverified "reason"` goes on, and the reason is recorded.',
  },
  restore_bundle_damaged: {
    ...refused,
    about: 'The files of the bundle are not as they were written. It is not restored, whatever else is accepted.',
  },
  restore_other_deployment: {
    ...refused,
    about:
      'The bundle was taken of another deployment, whose users, scanners and results are not these. `--accept-other-deployment "reason"` restores it all the same, and the reason is recorded; this deployment keeps its own identity.',
  },
  restore_managers_running: {
    ...refused,
    about:
      'Managers are connected and may be writing, and their gate could not be closed: the config database takes no record of maintenance. What they write after the snapshot would be lost without a word.',
  },
  restore_unfinished: {
    ...refused,
    about:
      'An earlier restore was interrupted. It is gone on with (`--resume`) or undone (`--back`) before another is begun.',
  },
  restore_bundle_changed: {
    ...refused,
    about:
      'A restore was to be gone on with, and where its bundle was there is another one by now. Databases of two bundles are never mixed.',
  },
  restore_running: {
    ...refused,
    about: 'Another `plimsoll backup restore` is at work on these databases at this moment.',
  },
  restore_differs: {
    ...refused,
    about:
      'The bundle was restored beside the old databases and does not hold what its snapshots held. Nothing was exchanged, and what was restored has been dropped again.',
  },
  restore_rights_wrong: {
    ...refused,
    about:
      'In a restored database a role would have other rights than in a fresh deployment, such as a manager that could change the schema. Nothing was exchanged.',
  },
  restore_sessions_remain: {
    ...refused,
    about:
      'A database cannot be renamed while somebody is connected to it, and these sessions are not ours to end. Nothing was exchanged on that server.',
  },
  restore_names_unexpected: {
    ...refused,
    about:
      'The databases on the server are not where the journal of the restore says: somebody renamed or dropped one by hand.',
  },
  restore_unhealthy: {
    ...refused,
    about:
      'The restored databases are in place, but the product could not work on them. The gate stays closed; `--back` brings the old databases back.',
  },
  restore_nothing_to_do: {
    ...refused,
    about: 'There is no restore that could be gone on with, undone or forgotten.',
  },
  restore_not_confirmed: {
    ...refused,
    about: 'The id of the bundle was not typed, so nothing was changed.',
  },
  restore_journal_unreadable: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The journal of a restore in `BACKUP_DIR/restores` cannot be read or written. Without it nobody can say how far the restore is, so nothing is done.',
  },
} as const satisfies ErrorTable;

export const restoreError = errorsOf(restoreErrorTable);
