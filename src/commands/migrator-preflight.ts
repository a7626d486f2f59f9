import { resolve } from 'node:path';
import { AppError, parsePostgresUrl, systemClock } from '../base/index.ts';
import { createBackupClient } from '../backups/client/index.ts';
import {
  readFreeBytes,
  recordPreflight,
  runPreflight,
  writeRunFile,
  type PreflightReport,
  type Runner,
} from '../preflight/index.ts';
import { findBackupService } from './backup-service.ts';
import { jsonOption, textOption, type Command, type CommandContext } from './command.ts';
import { readMigratorInputs, type MigratorInputs } from './migrator-inputs.ts';
import { showCheckProgress } from './preflight-progress.ts';
import { preflightJson, renderPreflight, type Keeping, type Recording } from './preflight-text.ts';
import { couldNotRun, rehearsalOptions, rehearsalSettings, rehearseHere } from './rehearsal-run.ts';
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
    rehearse: {
      type: 'boolean',
      help: 'Rehearse the pending migrations first, on a bundle in scratch databases, and judge by that.',
    },
    ...rehearsalOptions,
    output: {
      type: 'string',
      value: 'FILE',
      help: 'Keep the run in this file too, so that `preflight record FILE` can record it later.',
    },
  },
  settings: rehearsalSettings,
  exitCodes: {
    0: 'pass',
    4: 'warn: there is something to know, and nothing that forbids the upgrade',
    3: 'fail; with --strict also warn',
    2: 'could not run, or could not record what it found, or not keep it in the file',
  },
  run: async (context) => {
    const { inputs, report } = await runChecks(context).catch(couldNotRun);
    // First the file: nothing that recording does can lose it then.
    const kept = await keep(report, inputs, outputOf(context));
    const recording = await record(report, inputs);
    const outcome = { report, recording, kept };
    if (context.options['json'] === true) writeJson(context.stdout, preflightJson(outcome));
    else context.stdout.write(renderPreflight(context.stdout, outcome));
    return 'error' in recording || 'error' in kept ? 2 : exitCodes[report.status];
  },
};

async function runChecks(context: CommandContext): Promise<{ inputs: MigratorInputs; report: PreflightReport }> {
  const inputs = await readMigratorInputs(context);
  const rehearsalHindrance = context.options['rehearse'] === true ? await rehearseFirst(context, inputs) : undefined;
  const { url, token } = (await findBackupService(context)) ?? { url: undefined, token: undefined };
  const backups = createBackupClient({ url, token, deadlineMs: 5000 });
  const report = await runPreflight({
    ...inputs,
    strict: context.options['strict'] === true,
    acknowledged: textOption(context, 'acknowledge'),
    rehearsalHindrance,
    clock: systemClock,
    readLastBackup: async () => await backups.latest(),
    readFreeBytes,
    checkSettings: () => findSettingProblems(context.environment),
    onChecked: showCheckProgress(context.stderr),
  });
  return { inputs, report };
}

/** Gives why it could not be rehearsed: that is told by its check, and keeps no other check from being made. */
async function rehearseFirst(context: CommandContext, inputs: MigratorInputs): Promise<AppError | undefined> {
  try {
    const rehearsed = await rehearseHere(context, inputs);
    return rehearsed !== undefined && 'error' in rehearsed.recording ? rehearsed.recording.error : undefined;
  } catch (error) {
    // Whoever stops it wants no other check either.
    if (error instanceof AppError && error.code !== 'rehearsal_cancelled') return error;
    throw error;
  }
}

/** As it was typed, from the folder in which it was typed. */
function outputOf(context: CommandContext): string | undefined {
  const path = textOption(context, 'output');
  return path === undefined ? undefined : resolve(context.cwd, path);
}

async function keep(report: PreflightReport, inputs: MigratorInputs, path: string | undefined): Promise<Keeping> {
  if (path === undefined) return { path: null };
  try {
    await writeRunFile(path, { report, runner: runnerOf(inputs) });
    return { path };
  } catch (error) {
    if (error instanceof AppError) return { error };
    throw error;
  }
}

/** Whom the record would name: the database may be the very thing that is away. */
function runnerOf({ operator, urls }: MigratorInputs): Runner {
  if (operator !== undefined) return { ranBy: operator, ranBySource: 'operator' };
  const outcome = parsePostgresUrl(urls.config.reveal());
  const role = 'url' in outcome ? decodeURIComponent(outcome.url.username) : '';
  return { ranBy: role === '' ? 'unknown' : role, ranBySource: 'role' };
}

async function record(report: PreflightReport, { urls, operator }: MigratorInputs): Promise<Recording> {
  try {
    return await recordPreflight(report, { url: urls.config, operator });
  } catch (error) {
    if (error instanceof AppError) return { error };
    throw error;
  }
}
