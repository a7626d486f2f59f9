import { resolve } from 'node:path';
import { firstSignal } from '../base/index.ts';
import { embeddedError, migrateDatabases, startStack, watchNpm, type RunningStack } from '../embedded/index.ts';
import { parseRecipients } from '../backups/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../manifest/index.ts';
import { readDefinitions, requireMigrations } from '../migrator/index.ts';
import { readSettings } from '../settings/index.ts';
import { readChannels } from './notify-inputs.ts';
import { readSchedules } from './backup-schedules.ts';
import { backupTargets } from './backup-targets.ts';
import type { Command, CommandContext } from './command.ts';
import { migratorCommandOf } from './migrator-command.ts';

/** `plimsoll up`: the embedded stack, until it is told to stop. */
export const command: Command = {
  summary: 'Run everything on this machine, with an embedded Postgres.',
  options: {},
  exitCodes: { 0: 'stopped as it was told to', 1: 'could not start', 130: 'stopped by force' },
  run: async (context) => {
    let stack: RunningStack | undefined;
    const end = new AbortController();
    const signalled = firstSignal(process, () => forceEnd(stack));
    void signalled.then(() => end.abort());
    if (context.environment['npm_lifecycle_event'] === 'start') watchNpm(() => end.abort());
    try {
      stack = await start(context, end.signal);
      context.stdout.write(summary(stack));
      await stack.forgetAdminPassword();
      await aborted(end.signal);
      context.stderr.write('plimsoll: stopping…\n');
      await stack.stop();
      context.stderr.write('plimsoll: stopped\n');
      return 0;
    } catch (error) {
      if (end.signal.aborted && error === end.signal.reason) return 0;
      throw error;
    }
  },
};

async function start(context: CommandContext, signal: AbortSignal): Promise<RunningStack> {
  const { environment } = context;
  const settings = readOwnSettings(environment);
  const manifest = await readManifest(settings.RELEASE_MANIFEST ?? defaultManifestPath());
  const migratorCommand = migratorCommandOf(context);
  checkBackups(context);
  const migrationsDir = settings.MIGRATIONS_DIR ?? defaultMigrationsDir();
  // What no migrator could bring about is said before a cluster is laid out for it.
  requireMigrations(manifest, await readDefinitions(migrationsDir));
  const report = (line: string): void => void context.stderr.write(`plimsoll: ${line}\n`);
  return await startStack({
    dataDir: resolve(context.cwd, settings.DATA_DIR),
    address: { host: settings.HOST, port: settings.PORT },
    adminPassword: settings.ADMIN_PASSWORD,
    sessionSecret: settings.SESSION_SECRET,
    environment,
    program: [process.execPath, process.argv[1] ?? ''],
    migratorCommand,
    migrate: async (urls) =>
      await migrateDatabases(
        {
          urls,
          manifest,
          migrationsDir,
          operator: settings.OPERATOR,
          imageSha: settings.IMAGE_SHA,
          migratorCommand,
        },
        report,
      ),
    report,
    signal,
  });
}

/** What the backup service could not start with is named before anything is started; it asks no place anything. */
function checkBackups(context: CommandContext): void {
  readSchedules(context);
  backupTargets(context);
  readChannels(context);
  parseRecipients(readSettings(context.environment, ['BACKUP_AGE_RECIPIENTS']).BACKUP_AGE_RECIPIENTS);
}

/** Reads the settings of manager, scanner and backup service too: a bad one is named before anything is started. */
function readOwnSettings(environment: CommandContext['environment']) {
  const settings = readSettings(environment, [
    'PORT',
    'HOST',
    'DATA_DIR',
    'ADMIN_PASSWORD',
    'SESSION_SECRET',
    'RECOVERY_TOKEN',
    'RELEASE_MANIFEST',
    'MIGRATIONS_DIR',
    'IMAGE_SHA',
    'OPERATOR',
    'LOG_LEVEL',
    'SCANNER_NETWORKS',
    'SCANNER_CONCURRENCY',
    'SCANNER_METRICS_HOST',
    'SCANNER_METRICS_PORT',
    'SCANNER_PROTOCOL',
    'BACKUP_SERVICE_URL',
    'BACKUP_MAX_AGE_HOURS',
    'BACKUP_LEASE_LATENCY_LIMIT_MS',
    'BACKUP_WASM_LIMIT_MB',
    'BACKUP_PROVE_DATABASE_URL',
    'CONFIG_DATABASE_URL',
    'RESULTS_DATABASE_URL',
    'JOBS_DATABASE_URL',
  ]);
  const external = (['CONFIG_DATABASE_URL', 'RESULTS_DATABASE_URL', 'JOBS_DATABASE_URL'] as const).filter(
    (name) => settings[name] !== undefined,
  );
  if (external.length === 0) return settings;
  throw embeddedError('stack_external_databases', {
    message: `plimsoll up brings its own databases, but ${external.join(', ')} ${external.length === 1 ? 'is' : 'are'} set`,
    hint: `Run \`unset ${external.join(' ')}\` first, or run \`plimsoll migrator\` and \`plimsoll manager\` on those databases.`,
    details: { external },
  });
}

function summary(stack: RunningStack): string {
  const password = stack.unseenAdminPassword?.reveal();
  const rows: readonly (readonly [string, string])[] = [
    ['Address', stack.url],
    ['User', stack.adminUser],
    ...(password === undefined ? [] : [['Password', `${password}   (shown this once)`] as const]),
    ['Data', stack.dataDir],
    ...(stack.clusterHome.startsWith(stack.dataDir) ? [] : [['Databases', stack.clusterHome] as const]),
    ['Stop', 'Ctrl-C'],
  ];
  const facts = rows.map(([label, value]) => `${label.padEnd(10)} ${value}`);
  const lines = ['', ...news(stack), '', ...facts, ''];
  return `${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n`;
}

/** Databases that are not at their version stand above the rest: they are what there is to do now. */
function news({ open, stuck }: RunningStack): string[] {
  const headline = open
    ? 'Plimsoll is ready.'
    : 'Plimsoll runs, but stays closed until this is mended; then it opens by itself:';
  return [headline, ...stuck.flatMap(({ message, remedy }) => ['', message, `→ ${remedy}`])];
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
}

/** The second signal: whatever is still running notices that its supervisor is gone and ends by itself. */
function forceEnd(stack: RunningStack | undefined): void {
  stack?.abandon();
  process.exit(130);
}
