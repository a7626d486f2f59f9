import { errorsOf, type ErrorTable } from '../base/index.ts';

export const commandErrorTable = {
  usage: { httpStatus: 400, exitCode: 1, about: 'The words or options of a command line are not ones that it takes.' },
  stack_not_found: {
    httpStatus: 500,
    exitCode: 1,
    about: 'No database URL is set, and no running embedded stack was found in the data folder to take them from.',
  },
  database_urls_incomplete: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'Some of the three database URLs are set and others are not. Either all of them are, or none, and then the running embedded stack is meant.',
  },
  password_missing: {
    httpStatus: 400,
    exitCode: 1,
    about:
      'A command needs a password, standard input is no terminal to ask on, and `--password-stdin` was not given. What is piped in is only read with that option: a script that forgot it must not set a password by accident.',
  },
  password_mismatch: { httpStatus: 400, exitCode: 1, about: 'The password was not typed the same way twice.' },
  no_bundle: { httpStatus: 404, exitCode: 3, about: 'A command was told to use the latest bundle, and there is none.' },
  cancelled: { httpStatus: 400, exitCode: 1, about: 'A question of a command was answered with Ctrl-C or Ctrl-D.' },
} as const satisfies ErrorTable;

export const commandError = errorsOf(commandErrorTable);
