import { join } from 'node:path';
import { runCommandLine } from '../../src/commands/run.ts';
import { databaseNames } from '../../src/contract/index.ts';
import { deployError, type DeployHost, type DeployImage, type HostPart } from '../../src/release/index.ts';
import { startChild, type TestChild, type TestDatabases } from '../testkit/index.ts';
import type { FolderImage } from './images.ts';

interface RunningManager {
  readonly imageId: string;
  readonly child: TestChild;
  readonly url: string;
}

/** A deployment whose images are folders and whose managers are processes; every command is the product's own. */
export interface ProcessHost extends DeployHost, AsyncDisposable {
  /** What the next manager is started by. */
  reference(): string;
  readonly running: Map<string, RunningManager>;
  /** What has been done, in words. */
  readonly done: string[];
  /** The backup service that the commands find; null: nobody listens there. */
  backup: { readonly url: string; readonly token: string } | null;
  /** Makes a call fail as docker would. */
  broken: keyof DeployHost | null;
}

/** Opens a deployment on databases that are there. */
export function processHost(databases: TestDatabases, images: readonly FolderImage[], folder: string): ProcessHost {
  const running: ProcessHost['running'] = new Map();
  let reference = '';
  let count = 0;
  const imageOf = (wanted: Pick<DeployImage, 'id'>): FolderImage => {
    const found = images.find(({ id }) => id === wanted.id);
    if (found === undefined) throw new Error(`no image ${wanted.id}`);
    return found;
  };
  const environmentOf = (image: FolderImage): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    RELEASE_MANIFEST: image.manifestPath,
    MIGRATIONS_DIR: image.migrationsDir,
    IMAGE_SHA: image.commit,
    LOG_LEVEL: 'warn',
    DATA_DIR: join(folder, 'data'),
    MIGRATOR_COMMAND: 'docker compose --profile migrate run --rm migrator',
    OPERATOR: 'kim',
    BACKUP_SERVICE_URL: host.backup?.url ?? 'http://127.0.0.1:1',
    BACKUP_SERVICE_TOKEN: host.backup?.token ?? 'nobody-will-ever-ask',
    ...urlsOf(databases),
  });
  const check = (call: keyof DeployHost): void => {
    if (host.broken !== call) return;
    throw deployError('deploy_host_failed', { message: `${call} did not work`, hint: 'Mend it.' });
  };
  const host: ProcessHost = {
    running,
    done: [],
    backup: null,
    broken: null,
    reference: () => reference,
    readImage: async (wanted) => {
      const found = images.find((image) => image.reference === wanted);
      if (found === undefined)
        throw deployError('deploy_image_missing', { message: `no image ${wanted}`, hint: 'Load it.' });
      const { id, version, commit } = found;
      return { reference: wanted, id, version, commit };
    },
    keepImage: async (id) => await host.readImage(imageOf({ id }).reference),
    readInstalled: async () => {
      const managers = [...running].map(async ([id, { imageId, url }]) => {
        const answer = await fetch(`${url}/readyz`).catch(() => undefined);
        return { id, imageId, ready: answer?.ok === true };
      });
      return { reference, managers: await Promise.all(managers) };
    },
    setImage: async (image) => {
      check('setImage');
      reference = image.reference;
    },
    startManager: async (image) => {
      check('startManager');
      const { environment } = imageOf(image);
      const id = `manager-${(count += 1)}`;
      const own = { DATA_DIR: join(folder, id), PORT: '0', ADMIN_PASSWORD: 'a password for this deployment' };
      const child = startChild({
        args: ['src/main.ts', 'manager'],
        environment: { ...environmentOf(imageOf(image)), ...own, ...environment },
      });
      const url = (await child.line(/^Listening on /)).replace('Listening on ', '');
      running.set(id, { imageId: image.id, child, url });
      host.done.push(`start ${image.version}`);
    },
    stopManager: async (id) => {
      check('stopManager');
      const manager = running.get(id);
      running.delete(id);
      host.done.push(`stop ${imageOf({ id: manager?.imageId ?? '' }).version}`);
      await manager?.child.end('SIGTERM');
    },
    readLog: async (id) => running.get(id)?.child.stderr() ?? '',
    startOthers: async (image) => {
      check('startOthers');
      host.done.push(`others ${image.version}`);
    },
    run: async (image, part, words) => {
      host.done.push(`${image.version}: ${part} ${words.slice(0, 2).join(' ')}`);
      return await runInProcess(environmentOf(imageOf(image)), folder, argvOf(part, words));
    },
    commandFor: ({ reference: named }, part, words) => `on ${named}: ${argvOf(part, words).join(' ')}`,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running.values()].map(async ({ child }) => await child[Symbol.asyncDispose]()));
    },
  };
  return host;
}

function argvOf(part: HostPart, words: readonly string[]): string[] {
  return part === 'migrator' ? ['migrator', ...words] : [...words];
}

function urlsOf(databases: TestDatabases): Record<string, string> {
  const urls = databaseNames.flatMap((name) => {
    const variable = `${name.toUpperCase()}_DATABASE_URL`;
    const { app, owner, readonly } = databases[name].urls;
    return [
      [variable, app.reveal()],
      [`MIGRATOR_${variable}`, owner.reveal()],
      [`BACKUP_${variable}`, readonly.reveal()],
    ];
  });
  return Object.fromEntries(urls) as Record<string, string>;
}

/** The whole command line, without a process of its own. */
async function runInProcess(environment: Record<string, string>, cwd: string, argv: string[]) {
  const said = { stdout: '', stderr: '' };
  const code = await runCommandLine({
    argv,
    environment,
    cwd,
    stdout: { write: (text: string) => (said.stdout += text) },
    stderr: { write: (text: string) => (said.stderr += text) },
  });
  return { code, ...said };
}
