import { errorsOf, type ErrorTable } from '../../base/index.ts';

const couldNotRun = { httpStatus: 500, exitCode: 1 } as const;

export const engineErrorTable = {
  backup_programs_unusable: {
    ...couldNotRun,
    about: 'The folder that `PG_BIN` names holds no PostgreSQL client program that runs here.',
  },
  backup_engine_missing: {
    ...couldNotRun,
    about:
      'No pg_dump that is new enough for the server was found, and the database is too large, or the server too new, for the one that comes with Plimsoll.',
  },
  backup_pooled_connection: {
    ...couldNotRun,
    about:
      'The URL leads to a pooler that hands out another server session with each transaction. Snapshots and dumps need a session of their own.',
  },
  backup_snapshot_lost: {
    ...couldNotRun,
    about:
      'The session that kept a snapshot open ended before its dump was done: the server stopped, or somebody ended the session. The bundle was given up; nothing of it was kept.',
  },
  backup_dump_failed: {
    ...couldNotRun,
    about: 'pg_dump ended with an error, which the message quotes. Nothing of the dump was kept.',
  },
  backup_dump_too_large: {
    ...couldNotRun,
    about:
      'The text of the dump outgrew what the pg_dump that comes with Plimsoll can hold in memory. Nothing of it was kept.',
  },
  backup_disk_full: {
    ...couldNotRun,
    about: 'The disk that bundles are written to is full, or its quota is used up. Nothing of the dump was kept.',
  },
  backup_leasing_slow: {
    ...couldNotRun,
    about:
      'Finding the next job to lease took longer than `BACKUP_LEASE_LATENCY_LIMIT_MS` while a dump ran, so the dump was given up and the queue let recover.',
  },
  dump_load_failed: {
    ...couldNotRun,
    about:
      'A dump could not be loaded: the server refused something in it, which the message quotes. The database it was loaded into is incomplete.',
  },
  dump_damaged: {
    ...couldNotRun,
    about: 'The file of a dump cannot be unpacked: it is cut short, or not what its bundle says it is.',
  },
  dump_program_missing: {
    ...couldNotRun,
    about: 'The dump is an archive for pg_restore, and none that is new enough to read it was found on this machine.',
  },
} as const satisfies ErrorTable;

export const engineError = errorsOf(engineErrorTable);
