import { errorsOf, type ErrorTable } from '../base/index.ts';

export const embeddedErrorTable = {
  embedded_platform_unsupported: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'No Postgres for this operating system and processor is installed: the optional npm package is missing, or none is published for it (Alpine and other musl systems, Windows).',
  },
  embedded_binaries_broken: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The Postgres that came with the npm packages is there but does not run on this machine.',
  },
  embedded_no_account: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The stack was started as root. Postgres refuses to run as root, and the machine has no account `postgres` or `nobody` to run it as.',
  },
  embedded_home_unusable: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'A folder that the embedded Postgres needs cannot be created, written or handed to the account that it runs as.',
  },
  embedded_disk_full: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The disk that holds the data folder is full. Nothing half-made was kept.',
  },
  embedded_initdb_failed: {
    httpStatus: 500,
    exitCode: 1,
    about: 'Postgres could not lay out a new cluster. Nothing half-made was kept; its own words are in the details.',
  },
  embedded_version_mismatch: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The data folder was written by another major version of Postgres than the one this release brings along.',
  },
  embedded_start_failed: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The embedded Postgres ended while it was starting. The last lines of its log are in the details.',
  },
  embedded_start_timeout: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The embedded Postgres was started but did not accept connections in time. It was stopped again.',
  },
  data_dir_unusable: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The data folder cannot be made or written by whoever started the stack.',
  },
  data_dir_in_use: {
    httpStatus: 409,
    exitCode: 1,
    about: 'Another stack runs on the same data folder. The lock of a stack that was killed never causes this.',
  },
  cluster_lost: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The data folder says that its databases are kept elsewhere, because Postgres could not enter it, but they are not there, or they belong to the folder it was copied from.',
  },
  secrets_unreadable: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The file with the passwords of the embedded databases is missing or damaged while the databases are there.',
  },
  port_in_use: {
    httpStatus: 409,
    exitCode: 1,
    about: 'Another program listens on the address that the manager was told to use. Nothing was started.',
  },
  address_unusable: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The manager cannot listen on HOST and PORT: the address is not one of this machine, or the port needs more rights. Nothing was started.',
  },
  part_start_failed: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'A part of the embedded stack ended while it was starting, or did not become ready in time. What was started is stopped again; the last lines of its log are in the details.',
  },
  stack_external_databases: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The embedded stack brings its own databases, but the environment names others. It never touches those; which of the two is meant has to be said.',
  },
} as const satisfies ErrorTable;

export const embeddedError = errorsOf(embeddedErrorTable);
