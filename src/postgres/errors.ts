import { errorsOf, type ErrorTable } from '../base/index.ts';

export const postgresErrorTable = {
  database_unreachable: {
    httpStatus: 503,
    exitCode: 1,
    about:
      'Nothing accepted the connection: the server is stopped, the host name does not resolve, or a firewall is in the way.',
  },
  database_timeout: {
    httpStatus: 503,
    exitCode: 1,
    about: 'The server accepted the connection and then did not answer in time.',
  },
  database_auth_failed: { httpStatus: 503, exitCode: 1, about: 'The server refused the role or its password.' },
  database_missing: { httpStatus: 503, exitCode: 1, about: 'The server runs but has no database of this name.' },
  database_permission_denied: {
    httpStatus: 503,
    exitCode: 1,
    about: 'The role signed in but may not do what was asked, such as reading the migration ledger.',
  },
  database_not_accepting: {
    httpStatus: 503,
    exitCode: 1,
    about:
      'The server is starting up, shutting down, in recovery, or out of connection slots, or the database is set to accept no connections.',
  },
  database_read_only: {
    httpStatus: 503,
    exitCode: 1,
    about:
      'The server took the connection but lets nothing be written: it is a standby, or `default_transaction_read_only` is on for the server, the database or the role.',
  },
  database_target_missing: {
    httpStatus: 503,
    exitCode: 1,
    about:
      'Servers that the URL names did answer, and none is of the kind that is wanted, which the message names: with several hosts that is the primary, unless `target_session_attrs` asks for something else. So it is during a failover, until a standby has been promoted; whoever asked tries again by itself, a command is typed again.',
  },
  database_disk_full: { httpStatus: 503, exitCode: 1, about: 'The server could not write: its disk is full.' },
  database_connection_lost: {
    httpStatus: 503,
    exitCode: 1,
    about: 'The connection broke while a statement was running.',
  },
  database_error: {
    httpStatus: 503,
    exitCode: 1,
    about: 'The server answered with an error that has no code of its own here; its SQLSTATE is in the details.',
  },
} as const satisfies ErrorTable;

export const postgresError = errorsOf(postgresErrorTable);
export type PostgresErrorCode = keyof typeof postgresErrorTable;
