import { AppError, systemClock } from '../base/index.ts';
import { recordRehearsal, type Rehearsal } from '../preflight/index.ts';
import { rehearse } from '../rehearsal/index.ts';
import { readSettings } from '../settings/index.ts';
import { findBackupEngines } from './backup-inputs.ts';
import { BackupProgress } from './backup-progress.ts';
import { backupTargets } from './backup-targets.ts';
import { textOption, type CommandContext, type OptionSpec } from './command.ts';
import type { MigratorInputs } from './migrator-inputs.ts';
import { identityOption, readUnseal } from './unseal-option.ts';

/** Which bundle is rehearsed on. */
export const rehearsalOptions = {
  bundle: { type: 'string', value: 'ID', help: 'Rehearse on this bundle, or on a downloaded one; default the latest.' },
  ...identityOption,
} as const satisfies Record<string, OptionSpec>;

/** The settings that only a rehearsal reads. */
export const rehearsalSettings = [
  'REHEARSAL_DATABASE_URL',
  'BACKUP_DIR',
  'DATA_DIR',
  'BACKUP_S3_URL',
  'PG_BIN',
] as const;

/** Who a rehearsal was recorded as, or why it was not. */
export type Recording = { readonly ranBy: string } | { readonly error: AppError };

/** A rehearsal, and whether it was recorded; undefined: nothing is pending. */
export type Rehearsed = { readonly rehearsal: Rehearsal; readonly recording: Recording } | undefined;

/** Rehearses, drawn on a terminal, and records what came of it; Ctrl-C stops it, and leaves nothing behind. */
export async function rehearseHere(context: CommandContext, inputs: MigratorInputs): Promise<Rehearsed> {
  const { urls, operator } = inputs;
  const { REHEARSAL_DATABASE_URL: rehearsalUrl } = readSettings(context.environment, ['REHEARSAL_DATABASE_URL']);
  const progress = new BackupProgress(context.stderr);
  const cancel = new AbortController();
  const interrupt = (): void => cancel.abort(new Error('stopped by a signal'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const outcome = await rehearse({
      ...inputs,
      rehearsalUrl,
      bundle: textOption(context, 'bundle') ?? 'latest',
      targets: backupTargets(context),
      cwd: context.cwd,
      unseal: await readUnseal(context),
      findEngines: async () => await findBackupEngines(context),
      clock: systemClock,
      signal: cancel.signal,
      onProgress: ({ phase, bytes = { done: 0, total: 0 } }) =>
        progress.show({ phase, databases: [], doneBytes: bytes.done, estimatedBytes: bytes.total }),
    });
    if (outcome.kind === 'nothing') return undefined;
    const { rehearsal } = outcome;
    return { rehearsal, recording: await record(rehearsal, { url: urls.config, operator }) };
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    progress.clear();
  }
}

async function record(rehearsal: Rehearsal, terms: Parameters<typeof recordRehearsal>[1]): Promise<Recording> {
  try {
    return { ranBy: await recordRehearsal(rehearsal, terms) };
  } catch (error) {
    if (error instanceof AppError) return { error };
    throw error;
  }
}

/** Whatever keeps a command from finding anything out ends with the exit code that says so, not with that of a finding. */
export function couldNotRun(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  const { code, message, hint, details, httpStatus } = error;
  throw new AppError(code, { httpStatus, exitCode: 2, about: '' }, { message, hint, details, cause: error });
}
