import { jsonOption, type Command } from './command.ts';
import { readMigratorInputs } from './migrator-inputs.ts';
import { couldNotRun, rehearsalOptions, rehearsalSettings, rehearseHere } from './rehearsal-run.ts';
import { rehearsalJson, renderRehearsal } from './rehearsal-text.ts';
import { writeJson } from './terminal.ts';

/** `plimsoll migrator rehearse`: what the pending migrations do to this deployment's own data. */
export const command: Command = {
  summary:
    "Restore the latest bundle into scratch databases, run this release's pending migrations there, and measure each.",
  options: { ...rehearsalOptions, ...jsonOption },
  settings: rehearsalSettings,
  exitCodes: {
    0: 'rehearsed, or nothing is pending',
    3: 'a migration failed, or the schema is not what it should be afterwards',
    2: 'could not be rehearsed, or not recorded',
  },
  run: async (context) => {
    const isJson = context.options['json'] === true;
    const inputs = await readMigratorInputs(context).catch(couldNotRun);
    const rehearsed = await rehearseHere(context, inputs).catch(couldNotRun);
    if (rehearsed === undefined) {
      if (isJson) writeJson(context.stdout, { status: 'nothing', migrations: [] });
      else context.stdout.write('No migration is pending: there is nothing to rehearse.\n');
      return 0;
    }
    const { rehearsal, recording } = rehearsed;
    if (isJson) writeJson(context.stdout, rehearsalJson(rehearsed));
    else context.stdout.write(renderRehearsal(context.stdout, rehearsal, recording));
    if ('error' in recording) return 2;
    return rehearsal.status === 'passed' ? 0 : 3;
  },
};
