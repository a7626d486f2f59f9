import { backupErrorCodes } from '../backups/index.ts';
import { createBackupClient, type BackupClient, type BackupServiceAddress } from '../backups/client/index.ts';
import { AppError } from '../base/index.ts';
import type { BackupRun } from '../contract/index.ts';
import { BackupProgress } from './backup-progress.ts';
import { findBackupService } from './backup-service.ts';
import type { CommandContext, OptionSpec } from './command.ts';
import { operatorOf } from './operator.ts';

/** Work on the folder and the databases themselves, whatever becomes of the service. */
export const directOption = {
  direct: {
    type: 'boolean',
    help: 'Work on BACKUP_DIR and the databases directly, without the backup service; also done when there is none.',
  },
} as const satisfies Record<string, OptionSpec>;

/** The service that is to be asked; undefined: there is none, or it is to be passed by. */
export async function chooseService(context: CommandContext): Promise<BackupServiceAddress | undefined> {
  return context.options['direct'] === true ? undefined : await findBackupService(context);
}

/** Asks the service, and says how to do without when it does not answer. */
export async function askService<T>(
  address: BackupServiceAddress,
  ask: (client: BackupClient) => Promise<T>,
): Promise<T> {
  try {
    return await ask(createBackupClient(address));
  } catch (error) {
    if (!(error instanceof AppError) || !['backup_unreachable', 'backup_timeout'].includes(error.code)) throw error;
    throw copyOf(error, 1, `${error.hint} To do without it, add \`--direct\`.`);
  }
}

/** The exit codes of the commands on bundles are 0, 1 and 3: what could not be read could not be run. */
export async function withBackupExits(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof AppError) || error.exitCode !== 2) throw error;
    throw copyOf(error, 1, error.hint);
  }
}

function copyOf({ code, message, details, httpStatus, cause }: AppError, exitCode: 1 | 3, hint: string): AppError {
  return new AppError(code, { httpStatus, exitCode, about: '' }, { message, hint, details, cause });
}

const pollMs = 500;

/** Follows a run of the service to its end, drawing it. Ctrl-C cancels it if it is ours. Throws what it failed with. */
export async function followRun(
  client: BackupClient,
  begun: BackupRun,
  terms: { readonly context: CommandContext; readonly isOurs: boolean },
): Promise<BackupRun> {
  const { context, isOurs } = terms;
  const progress = new BackupProgress(context.stderr);
  const end = new AbortController();
  const interrupt = (): void => {
    if (isOurs) void client.cancel(begun.id, operatorOf(context)).catch(() => undefined);
    else end.abort();
  };
  process.once('SIGINT', interrupt);
  try {
    return settle(await watch(client, begun, { progress, signal: end.signal }));
  } finally {
    process.off('SIGINT', interrupt);
    progress.clear();
    end.abort();
  }
}

interface Watch {
  readonly progress: BackupProgress;
  readonly signal: AbortSignal;
}

/** By its events; where they break off, by asking. */
async function watch(client: BackupClient, begun: BackupRun, { progress, signal }: Watch): Promise<BackupRun> {
  let run = begun;
  while (run.state === 'running' && !signal.aborted) {
    try {
      for await (const event of client.events({ signal })) {
        if (event.run?.id !== begun.id) break;
        run = event.run;
        progress.show(run);
        if (run.state !== 'running') return run;
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    run = await client.run(begun.id);
    if (run.state === 'running') await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return run;
}

/** Throws unless the run succeeded. */
function settle(run: BackupRun): BackupRun {
  if (run.error === null) return run;
  const { code, message, hint } = run.error;
  throw new AppError(code, kindOf(code, 1), { message, hint, details: { run } });
}

function kindOf(code: string, otherwise: 1 | 2 | 3) {
  return backupErrorCodes[code] ?? { httpStatus: 500, exitCode: otherwise, about: '' };
}
