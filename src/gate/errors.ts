import { errorsOf, type AppError, type ErrorTable } from '../base/index.ts';
import type { ClosedPart } from '../contract/index.ts';

export const gateErrorTable = {
  schema_behind: {
    httpStatus: 503,
    exitCode: 3,
    about:
      'A database is at an older schema version than this release needs. Normal right before an upgrade: run the migrator, and the gate opens by itself seconds later.',
  },
  schema_ahead: {
    httpStatus: 503,
    exitCode: 3,
    about:
      'A database is at a newer schema version than this release was made for, and what was applied there declares that software this old cannot run on it. Start the release that migrated it.',
  },
  schema_unknown: {
    httpStatus: 503,
    exitCode: 3,
    about:
      "A database's migration ledger could not be read, so nobody can say whether this release may work on it. A matter of connection or rights, not of a pending migration; the gate opens at the next reading that succeeds.",
  },
  schema_dirty: {
    httpStatus: 503,
    exitCode: 3,
    about:
      'A migration of a database was interrupted half-way, so its schema is neither the old nor the new one. `migrator repair` shows what was found and settles it.',
  },
  maintenance: {
    httpStatus: 503,
    exitCode: 3,
    about:
      "An operator's command works on the databases, such as the restore of a backup, and has closed the gate of every manager by a record in the config database. It opens by itself when the command is through; `plimsoll backup restore --status` says how far a restore has come and what to type if it was interrupted.",
  },
  not_read_yet: {
    httpStatus: 503,
    exitCode: 2,
    about: 'The process has just started and has not read this part yet; the first readings take about a second.',
  },
} as const satisfies ErrorTable;

const gateError = errorsOf(gateErrorTable);

/** What a request for something switched off is answered with. */
export function closedGateError(closed: ClosedPart): AppError {
  const { part, code, database, current, required } = closed;
  return gateError(code, {
    message: closed.message,
    hint: `Run \`${closed.remedy}\`.`,
    details: { part, database, current, required, since: closed.since },
  });
}
