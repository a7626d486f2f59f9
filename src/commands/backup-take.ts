import { recordDirectRun, takeBundle } from '../backups/index.ts';
import { createBackupClient, type BackupServiceAddress } from '../backups/client/index.ts';
import { hasCode, silentLog } from '../base/index.ts';
import type { BackupRun, BundleManifest, DatabaseProgress } from '../contract/index.ts';
import { backupSettings, readTakeDeps } from './backup-inputs.ts';
import { BackupProgress, renderBytes } from './backup-progress.ts';
import { askService, chooseService, directOption, followRun, withBackupExits } from './backup-runs.ts';
import { jsonOption, textOption, type Command, type CommandContext } from './command.ts';
import { commandError } from './errors.ts';
import { operatorOf } from './operator.ts';
import { markOf, writeJson } from './terminal.ts';

/** `plimsoll backup take`: takes a bundle and waits for it. */
export const command: Command = {
  summary: 'Take a bundle of all three databases, and wait until it is whole.',
  options: {
    pin: { type: 'string', value: 'NOTE', help: 'Pin it from the start: no rule deletes it.' },
    reason: {
      type: 'string',
      value: 'WHY',
      help: 'What is recorded as the cause: manual, or deploy as `plimsoll release deploy` says; default manual.',
    },
    follow: {
      type: 'boolean',
      help: 'If something is at work already, follow that to its end in place of being refused.',
    },
    ...directOption,
    ...jsonOption,
  },
  settings: ['BACKUP_SERVICE_URL', 'BACKUP_SERVICE_TOKEN', ...backupSettings],
  exitCodes: { 0: 'it is whole', 1: 'it could not be taken', 3: 'refused: one is being taken, or there is no room' },
  run: async (context) => await withBackupExits(async () => await takeOne(context)),
};

async function takeOne(context: CommandContext): Promise<number> {
  const started = performance.now();
  const service = await chooseService(context);
  const taken = service === undefined ? await takeDirectly(context) : await takeByService(context, service);
  const seconds = (performance.now() - started) / 1000;
  if (context.options['json'] === true) writeJson(context.stdout, { ...taken, seconds: Math.round(seconds * 10) / 10 });
  else context.stdout.write(`${markOf(context.stdout, 'good')} ${sentenceOf(taken)} in ${seconds.toFixed(1)} s\n`);
  return 0;
}

interface Taken {
  readonly bundleId: string;
  readonly bytes: number | null;
  readonly targets: readonly string[];
  /** The run of the service; null when it was taken without. */
  readonly run: BackupRun | null;
}

async function takeByService(context: CommandContext, address: BackupServiceAddress): Promise<Taken> {
  const client = createBackupClient(address);
  const { run: begun, isOurs } = await askService(address, async () => await begin(context, address));
  const run = await followRun(client, begun, { context, isOurs });
  const bundleId = run.bundleId ?? '';
  const entry = await client.bundle(bundleId).catch(() => undefined);
  const targets = entry?.copies.filter(({ state }) => state === 'whole').map(({ target }) => target) ?? [];
  return { bundleId, bytes: entry?.bytes ?? null, targets, run };
}

function reasonOf(context: CommandContext): 'manual' | 'deploy' {
  const reason = textOption(context, 'reason') ?? 'manual';
  if (reason === 'manual' || reason === 'deploy') return reason;
  throw commandError('usage', {
    message: `--reason takes manual or deploy, found ${JSON.stringify(reason)}`,
    hint: 'Run `plimsoll backup take --help` to see what it takes.',
  });
}

async function begin(context: CommandContext, address: BackupServiceAddress) {
  const client = createBackupClient(address);
  const pinNote = textOption(context, 'pin') ?? null;
  try {
    const run = await client.take({ by: operatorOf(context), reason: reasonOf(context), pinNote });
    return { run, isOurs: true };
  } catch (error) {
    const current = context.options['follow'] === true ? (await client.status()).current : null;
    if (!hasCode(error, 'backup_busy') || current === null) throw error;
    return { run: current, isOurs: false };
  }
}

async function takeDirectly(context: CommandContext): Promise<Taken> {
  const deps = await readTakeDeps(context, silentLog);
  const progress = new BackupProgress(context.stderr);
  const cancel = new AbortController();
  const interrupt = (): void => cancel.abort(new Error('cancelled'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  let state: { phase: string; databases: DatabaseProgress[] } = { phase: '', databases: [] };
  const show = (change: Partial<typeof state>): void => {
    state = { ...state, ...change };
    progress.show({ ...state, doneBytes: 0, estimatedBytes: 0 });
  };
  try {
    const by = operatorOf(context);
    const folder = deps.home.target.location;
    const terms = {
      kind: 'take',
      by,
      bundleId: null,
      folder,
      clock: deps.clock,
      log: deps.log,
      signal: cancel.signal,
    } as const;
    const { manifest, copies } = await recordDirectRun(
      terms,
      async (run) =>
        await takeBundle(deps, {
          by,
          reason: reasonOf(context),
          pinNote: textOption(context, 'pin') ?? null,
          previous: undefined,
          observer: {
            phase: (phase) => show({ phase }),
            named: (id) => run.named(id),
            databases: (databases) => show({ databases: [...databases] }),
          },
          onBegun: async () => await run.begun(),
          signal: cancel.signal,
        }),
    );
    return { bundleId: manifest.id, bytes: bytesOf(manifest), targets: copies.map(({ target }) => target), run: null };
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    progress.clear();
  }
}

function bytesOf({ databases }: BundleManifest): number {
  return databases.reduce((sum, { file }) => sum + file.bytes, 0);
}

function sentenceOf({ bundleId, bytes, targets, run }: Taken): string {
  if (run !== null && run.kind !== 'take') return `The run ${run.id} (${run.kind}) succeeded`;
  const size = bytes === null ? '' : ` (${renderBytes(bytes)})`;
  return `Took ${bundleId}${size}, whole on ${targets.join(' and ') || 'its target'},`;
}
