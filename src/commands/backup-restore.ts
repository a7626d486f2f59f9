import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../base/index.ts';
import {
  forgetRestores,
  isUnfinished,
  openJournals,
  previewRestore,
  restoreBundle,
  resumeRestore,
  undoRestore,
  type BundleTerms,
  type RestoreContext,
  type RestorePreview,
  type RestoreReport,
} from '../backups/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../manifest/index.ts';
import { readDefinitions } from '../migrator/index.ts';
import { readSettings } from '../settings/index.ts';
import { backupFolder } from './backup-folder.ts';
import { findBackupEngines } from './backup-inputs.ts';
import { backupTargets } from './backup-targets.ts';
import { jsonOption, textOption, type Command, type CommandContext } from './command.ts';
import { operatorOf } from './operator.ts';
import { confirmByTyping } from './confirm.ts';
import { resolveDatabaseUrls } from './database-urls.ts';
import { commandError } from './errors.ts';
import { migratorCommandOf } from './migrator-command.ts';
import { renderPreview, renderRefusals, renderReport, renderStatus } from './restore-text.ts';
import { writeJson } from './terminal.ts';
import { identityOption, readUnseal } from './unseal-option.ts';

const wishes = ['status', 'resume', 'back', 'forget'] as const;

/** `plimsoll backup restore`: by an operator, never by a button. */
export const command: Command = {
  summary: 'Bring a bundle back: beside the old databases, which are kept until you say otherwise.',
  optionalPositionals: ['bundle'],
  options: {
    'dry-run': { type: 'boolean', help: 'Show what would be lost and what speaks against it; change nothing.' },
    yes: { type: 'boolean', help: 'Do not ask.' },
    ...identityOption,
    'accept-unverified': { type: 'string', value: 'REASON', help: 'Restore a bundle that no verification has passed.' },
    'accept-other-deployment': { type: 'string', value: 'REASON', help: 'Restore the bundle of another deployment.' },
    status: { type: 'boolean', help: 'Show how far restores have come, and what may be done about them.' },
    resume: { type: 'boolean', help: 'Go on with a restore that was interrupted.' },
    back: { type: 'boolean', help: 'Bring the old databases back, or undo a restore that was interrupted.' },
    forget: { type: 'boolean', help: 'Drop the databases that restores have kept; there is no way back then.' },
    ...jsonOption,
  },
  settings: ['BACKUP_DIR', 'DATA_DIR', 'BACKUP_S3_URL', 'PG_BIN', 'OPERATOR'],
  exitCodes: { 0: 'done', 1: 'could not run', 3: 'refused, or not confirmed' },
  run: async (context) => {
    const wish = wishOf(context);
    if (wish === 'status') return await showStatus(context);
    const [bundle] = context.positionals;
    if (wish === undefined && bundle === undefined) return await offerOrRefuse(context);
    return await untilInterrupted(async (signal) => {
      const restore = await restoreContext(context, signal);
      if (wish === undefined) return await restoreOne(context, restore, bundle ?? '');
      return await settleOne(context, restore, wish);
    });
  },
};

/** The first signal undoes what can be undone; a second one ends the process as it stands, which may be gone on with. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(cancelled());
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function wishOf({ options, positionals }: CommandContext): (typeof wishes)[number] | undefined {
  const given = wishes.filter((wish) => options[wish] === true);
  if (given.length > 1 || (given.length === 1 && positionals.length > 0))
    throw commandError('usage', {
      message: `plimsoll backup restore takes a bundle or one of --${wishes.join(', --')}, found ${[...positionals, ...given.map((wish) => `--${wish}`)].join(' and ')}`,
      hint: 'Run `plimsoll backup restore --help` to see what it takes.',
    });
  return given[0];
}

async function restoreOne(context: CommandContext, restore: RestoreContext, bundle: string): Promise<number> {
  const request = { ...(await bundleTerms(context)), bundle, accepted: acceptedOf(context) };
  if (context.options['dry-run'] === true) {
    const { preview, refusals } = await previewRestore(restore, request);
    const asked = refusals.map(({ code, message, hint }) => ({ code, message, remedy: hint }));
    if (context.options['json'] === true) writeJson(context.stdout, { preview, refusals: asked });
    else
      context.stdout.write(
        `${renderPreview(context.stdout, preview)}${renderRefusals(context.stdout, refusals, migratorCommandOf(context))}`,
      );
    return refusals.length === 0 ? 0 : 3;
  }
  const confirm = async (preview: RestorePreview): Promise<boolean> => {
    context.stderr.write(renderPreview(context.stderr, preview));
    return context.options['yes'] === true || (await confirmByTyping(context, preview.bundle.id));
  };
  return tell(context, [await restoreBundle(restore, { ...request, confirm })]);
}

async function settleOne(
  context: CommandContext,
  restore: RestoreContext,
  wish: 'resume' | 'back' | 'forget',
): Promise<number> {
  switch (wish) {
    case 'resume':
      return tell(context, [await resumeRestore(restore, await bundleTerms(context))]);
    case 'back':
      return tell(context, [await undoRestore(restore)]);
    case 'forget': {
      if (!(await confirmForget(context, restore))) return 3;
      return tell(context, await forgetRestores(restore));
    }
  }
}

async function confirmForget(context: CommandContext, restore: RestoreContext): Promise<boolean> {
  if (context.options['yes'] === true) return true;
  context.stderr.write(renderStatus(context.stderr, await restore.journals.list(), migratorCommandOf(context)));
  return await confirmByTyping(context, 'forget');
}

function tell(context: CommandContext, reports: readonly RestoreReport[]): number {
  if (context.options['json'] === true) writeJson(context.stdout, { restores: reports });
  else
    for (const report of reports)
      context.stdout.write(renderReport(context.stdout, report, migratorCommandOf(context)));
  return 0;
}

async function showStatus(context: CommandContext): Promise<number> {
  const journals = await openJournals(backupFolder(context)).list();
  if (context.options['json'] === true) writeJson(context.stdout, { restores: journals });
  else context.stdout.write(renderStatus(context.stdout, journals, migratorCommandOf(context)));
  return 0;
}

/** Without a bundle: an interrupted restore is what there is to talk about. */
async function offerOrRefuse(context: CommandContext): Promise<number> {
  const journals = await openJournals(backupFolder(context)).list();
  const open = journals.filter(({ state }) => isUnfinished(state));
  if (open.length > 0) {
    context.stdout.write(renderStatus(context.stdout, open, migratorCommandOf(context)));
    return 3;
  }
  throw commandError('usage', {
    message: 'plimsoll backup restore: missing BUNDLE',
    hint: 'Give the id of a bundle (`plimsoll backup list`), `latest`, or the path of a downloaded one.',
  });
}

function acceptedOf(context: CommandContext) {
  return {
    unverified: textOption(context, 'accept-unverified'),
    otherDeployment: textOption(context, 'accept-other-deployment'),
  };
}

async function restoreContext(context: CommandContext, signal: AbortSignal): Promise<RestoreContext> {
  const { environment, stderr } = context;
  const settings = readSettings(environment, ['RELEASE_MANIFEST', 'MIGRATIONS_DIR']);
  const inside = (path: string): string => resolve(join(context.cwd), path);
  const [owner, app, readonly, manifest, definitions] = await Promise.all([
    resolveDatabaseUrls(context, 'owner'),
    resolveDatabaseUrls(context, 'app'),
    resolveDatabaseUrls(context, 'readonly'),
    readManifest(settings.RELEASE_MANIFEST === undefined ? defaultManifestPath() : inside(settings.RELEASE_MANIFEST)),
    readDefinitions(settings.MIGRATIONS_DIR === undefined ? defaultMigrationsDir() : inside(settings.MIGRATIONS_DIR)),
  ]);
  return {
    urls: { owner, app, readonly },
    folder: backupFolder(context),
    journals: openJournals(backupFolder(context)),
    manifest,
    definitions,
    by: operatorOf(context),
    host: hostname(),
    clock: systemClock,
    signal,
    report: (line) => void stderr.write(`plimsoll: ${line}\n`),
  };
}

async function bundleTerms(context: CommandContext): Promise<BundleTerms> {
  return {
    targets: backupTargets(context),
    cwd: context.cwd,
    engines: await findBackupEngines(context),
    unseal: await readUnseal(context),
    onBytes: progressOn(context),
  };
}

/** One line that is written over, when somebody is looking. */
function progressOn({ stderr }: CommandContext): BundleTerms['onBytes'] {
  if (stderr.isTTY !== true) return () => undefined;
  let shown = 0;
  return (database, bytes) => {
    if (bytes - shown < 1 << 20 && bytes >= shown) return;
    shown = bytes;
    stderr.write(`\r${database}: ${(bytes / (1 << 20)).toFixed(0)} MB read\u001B[K\r`);
  };
}

function cancelled(): Error {
  return commandError('cancelled', {
    message: 'the restore was stopped by a signal',
    hint: 'Run `plimsoll backup restore --status` to see how far it had come.',
  });
}
