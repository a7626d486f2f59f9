import { errorsOf, type ErrorTable } from '../base/index.ts';

const couldNotRun = { httpStatus: 500, exitCode: 1 } as const;
const refused = { httpStatus: 409, exitCode: 3 } as const;

export const migratorErrorTable = {
  migrations_unreadable: { ...couldNotRun, about: 'The folder of migrations, or a file in it, cannot be read.' },
  migrations_unknown_database: {
    ...couldNotRun,
    about: 'The folder of migrations holds a folder that is named after none of the databases.',
  },
  migration_name_invalid: {
    ...couldNotRun,
    about: 'A file among the migrations is not named `NNNN_snake_case.sql`, so nobody can say where it belongs.',
  },
  migration_gap: {
    ...couldNotRun,
    about: 'The numbers of the migrations have a gap, or do not begin at 0001: a file is missing.',
  },
  migration_duplicate: { ...couldNotRun, about: 'Two migrations of one database have the same number.' },
  migration_empty: { ...couldNotRun, about: 'A migration file holds no statement.' },
  migration_not_utf8: {
    ...couldNotRun,
    about: 'A migration file is not valid UTF-8, or begins with a byte-order mark.',
  },
  migration_unterminated: {
    ...couldNotRun,
    about:
      'A comment, a quoted text or a dollar-quoted body in a migration is never closed, so what follows it is not what it seems.',
  },
  migration_header_unknown: {
    ...couldNotRun,
    about: 'A `-- plimsoll:` line names a key that is neither `transaction` nor `oldest-compatible`.',
  },
  migration_header_malformed: {
    ...couldNotRun,
    about: 'A `-- plimsoll:` line cannot be read, has a value that its key does not take, or is given twice.',
  },
  migration_header_misplaced: {
    ...couldNotRun,
    about: 'A `-- plimsoll:` line stands after the first statement. It would be read by nobody, so it is refused.',
  },
  migration_oldest_compatible_invalid: {
    ...couldNotRun,
    about: 'A migration declares as its oldest compatible schema version one that is newer than itself, or none.',
  },
  migration_transaction_control: {
    ...couldNotRun,
    about:
      'A migration holds begin, commit, rollback or the like. Each file runs in one transaction together with its ledger row; a commit of its own would tear the two apart.',
  },
  migration_not_single_statement: {
    ...couldNotRun,
    about:
      'A migration with `transaction=none` holds more than one statement. If it were interrupted nobody could say which of them ran.',
  },
  migration_psql_command: {
    ...couldNotRun,
    about: 'A migration holds a psql command (a backslash outside quotes), which only psql understands.',
  },
  migration_copy_from_stdin: {
    ...couldNotRun,
    about: 'A migration copies rows from standard input, which only psql can supply.',
  },
  migrator_definitions_missing: {
    ...couldNotRun,
    about: 'The manifest requires a schema version for which this image carries no migration file.',
  },
  migrator_target_unknown: {
    ...couldNotRun,
    about: 'The version given with `--to` is beyond what this release requires of any chosen database.',
  },
  migrator_target_below: {
    ...refused,
    about:
      'The version given with `--to` is below what is applied. Migrations only go forward; the way back is a restore.',
  },
  migrator_schema_refused: {
    ...refused,
    about:
      'The ledger and this image disagree in a way that more migrations would make worse: a migration is dirty, changed or unrecognised, or the database is ahead. Nothing was changed.',
  },
  migrator_ledger_gap: {
    ...refused,
    about:
      'A migration below the newest applied one is missing from the ledger. Migrations are applied in order, so somebody has edited the ledger.',
  },
  migrator_postgres_unsupported: {
    ...couldNotRun,
    about: 'The database server is of a Postgres major version outside the window of the manifest.',
  },
  migrator_role_insufficient: {
    ...couldNotRun,
    about: "The migrator's role may not do what is needed; the hint holds the grant to run.",
  },
  migrator_wait_timeout: {
    ...couldNotRun,
    about:
      'Another session held the lock of the migrator for longer than MIGRATOR_WAIT_TIMEOUT_MS. It is a migrator at work, or the session of one that died, which the server has not noticed yet; the message names it.',
  },
  migration_failed: {
    ...couldNotRun,
    about:
      'A statement of a migration failed. The migration was rolled back as a whole, unless it runs outside a transaction: then its ledger row stays open (dirty) and `migrator repair` settles it.',
  },
  migration_lock_timeout: {
    ...couldNotRun,
    about:
      'A migration could not get a table lock although it tried several times; the sessions that held it are named. It steps back each time so that the application never queues behind it.',
  },
  migration_index_exists: {
    ...couldNotRun,
    about:
      'Something already has the name of the index that a migration is to build outside a transaction. It was found before anything was changed, so the ledger has no open row of it.',
  },
  migration_lock_lost: {
    ...couldNotRun,
    about:
      "A migration let go of the migrator's own lock, as `pg_advisory_unlock_all` or `discard all` does, and before it could be taken again another session had it.",
  },
  migration_timeout: {
    ...couldNotRun,
    about:
      'A statement of a migration ran longer than MIGRATOR_STATEMENT_TIMEOUT_MS, or than a limit that the file sets, and was ended.',
  },
  migration_cancelled: {
    ...couldNotRun,
    about: 'Somebody ended a statement of a migration while it ran, as `pg_cancel_backend` does.',
  },
  migration_disk_full: {
    ...couldNotRun,
    about: 'The database server ran out of disk space during a migration, which was rolled back as a whole.',
  },
  repair_locked: { ...refused, about: 'A migrator is running on the database, so there is nothing to repair yet.' },
  repair_file_missing: {
    ...couldNotRun,
    about: 'The interrupted migration is not among the files of this image, so its statement cannot be run again.',
  },
  repair_index_differs: {
    ...refused,
    about:
      'A valid index has the name that the interrupted migration was to give its own, but it is not the index that the statement makes, or nobody can say whether it is.',
  },
  repair_not_confirmed: {
    ...refused,
    about: 'The repair was not confirmed by typing the name of the database, and `--yes` was not given.',
  },
} as const satisfies ErrorTable;

export const migratorError = errorsOf(migratorErrorTable);
export type MigratorErrorCode = keyof typeof migratorErrorTable;
