import { AppError, messageOf, systemClock } from '../base/index.ts';
import { createBackupClient } from '../backups/client/index.ts';
import { readFreeBytes, recordPreflight, runPreflight, type PreflightReport } from '../preflight/index.ts';
import { findBackupService } from './backup-service.ts';
import { jsonOption, textOption, type Command, type CommandContext } from './command.ts';
import { readMigratorInputs, type MigratorInputs } from './migrator-inputs.ts';
import { showCheckProgress } from './preflight-progress.ts';
import { preflightJson, renderPreflight, type Recording } from './preflight-text.ts';
import { findSettingProblems } from './setting-problems.ts';
import { writeJson } from './terminal.ts';

const exitCodes = { pass: 0, warn: 4, fail: 3 } as const;

/** `plimsoll migrator preflight`: whether this release may be applied to this deployment. */
export const command: Command = {
  summary:
    'Judge whether this release may be applied to this deployment, and record what was found. Changes nothing else.',
  options: {
    ...jsonOption,
    strict: { type: 'boolean', help: 'A warning is a failure.' },
    acknowledge: {
      type: 'string',
      value: 'HASH',
      help: 'Let dangerous migrations pass: the hash that an earlier run printed for exactly these.',
    },
  },
  exitCodes: {
    0: 'pass',
    4: 'warn: there is something to know, and nothing that forbids the upgrade',
    3: 'fail; with --strict also warn',
    2: 'could not run, or could not record what it found',
  },
  run: async (context) => {
    const { inputs, report } = await runChecks(context).catch(couldNotRun);
    const recording = await record(report, inputs);
    if (context.options['json'] === true) writeJson(context.stdout, preflightJson(report, recording));
    else context.stdout.write(renderPreflight(context.stdout, report, recording));
    return 'error' in recording ? 2 : exitCodes[report.status];
  },
};

async function runChecks(context: CommandContext): Promise<{ inputs: MigratorInputs; report: PreflightReport }> {
  const inputs = await readMigratorInputs(context);
  const { url, token } = (await findBackupService(context)) ?? { url: undefined, token: undefined };
  const backups = createBackupClient({ url, token, deadlineMs: 5000 });
  const report = await runPreflight({
    ...inputs,
    strict: context.options['strict'] === true,
    acknowledged: textOption(context, 'acknowledge'),
    clock: systemClock,
    readLastBackup: async () => await backups.latest(),
    readFreeBytes,
    checkSettings: () => findSettingProblems(context.environment),
    onChecked: showCheckProgress(context.stderr),
  });
  return { inputs, report };
}

/** Whatever keeps the checks from being run at all ends with the exit code that says so, not with that of a failed check. */
function couldNotRun(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  const { code, hint, details, httpStatus } = error;
  const facts = { message: messageOf(error), hint, details, cause: error };
  throw new AppError(code, { httpStatus, exitCode: 2, about: '' }, facts);
}

async function record(report: PreflightReport, { urls, operator }: MigratorInputs): Promise<Recording> {
  try {
    return await recordPreflight(report, { url: urls.config, operator });
  } catch (error) {
    if (error instanceof AppError) return { error };
    throw error;
  }
}
