import { resolve } from 'node:path';
import { systemClock } from '../base/index.ts';
import { recordRunFile } from '../preflight/index.ts';
import { jsonOption, positional, type Command } from './command.ts';
import { readMigratorInputs } from './migrator-inputs.ts';
import { writeJson } from './terminal.ts';

/** `plimsoll migrator preflight record FILE`: a run that could not be recorded when it was made. */
export const command: Command = {
  summary: 'Record a run of preflight that was kept in a file, of this deployment and not recorded yet.',
  options: jsonOption,
  positionals: ['file'],
  exitCodes: {
    0: 'recorded, now or before',
    2: 'not recorded: the file is none, of another deployment or of a newer release, or the database refuses',
  },
  run: async (context) => {
    const { urls, operator } = await readMigratorInputs(context);
    const path = resolve(context.cwd, positional(context));
    const { report, recorded } = await recordRunFile({ path, urls, operator, clock: systemClock });
    const { isNew, ...record } = recorded;
    const { id, targetVersion, status } = report;
    if (context.options['json'] === true) {
      writeJson(context.stdout, {
        id,
        ranAt: report.ranAt.toISOString(),
        targetVersion,
        status,
        ...record,
        alreadyRecorded: !isNew,
      });
      return 0;
    }
    const who = `run ${id.slice(0, 8)} for ${targetVersion} (${status}), made by ${recorded.ranBy} on ${recorded.host}`;
    context.stdout.write(
      isNew
        ? `Recorded ${who}; recorded by ${recorded.recordedBy}. Admin > Release shows it.\n`
        : `Nothing to do: ${who}, was recorded on ${recorded.recordedAt} by ${recorded.recordedBy}.\n`,
    );
    return 0;
  },
};
