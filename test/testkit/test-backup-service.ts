import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import {
  createBackupService,
  DirectoryTarget,
  type BackupService,
  type BackupServiceOptions,
} from '../../src/backups/index.ts';
import { Secret, systemClock } from '../../src/base/index.ts';
import { createLog } from '../../src/http/index.ts';
import { writeSampleBundle, type SampleBundle } from './bundles.ts';
import { scratchFolder } from './scratch-folder.ts';

export const serviceToken = 'a-token-of-the-backup-service';

/** A backup service over a folder of its own. */
export interface TestBackupService extends AsyncDisposable {
  readonly service: BackupService;
  readonly folder: string;
  readonly target: DirectoryTarget;
  readonly logs: string[];
  /** Asks with the token. */
  ask(request: InjectOptions | string): Promise<LightMyRequestResponse>;
  /** Brings a bundle of small made-up files into the folder. */
  addBundle(overrides?: Parameters<typeof writeSampleBundle>[1]): Promise<SampleBundle>;
}

/** Puts a service together and starts it. */
export async function createTestBackupService(options: Partial<BackupServiceOptions> = {}): Promise<TestBackupService> {
  const scratch = await scratchFolder();
  const folder = `${scratch.path}/backups`;
  const logs: string[] = [];
  const target = new DirectoryTarget({
    name: 'local',
    root: folder,
    retention: { last: 3, daily: 0, weekly: 0, monthly: 0 },
  });
  const service = await createBackupService({
    log: createLog('backup', 'debug', { write: (line) => logs.push(line) }),
    clock: systemClock,
    token: new Secret(serviceToken),
    migratorCommand: 'npx plimsoll migrator',
    app: { version: '1.0.0', imageSha: 'unknown' },
    folder,
    targets: [target],
    maxAgeSeconds: 26 * 3600,
    ...options,
  });
  await service.start();
  const authorization = `Bearer ${serviceToken}`;
  return {
    service,
    folder,
    target,
    logs,
    ask: async (request) =>
      await service.app.inject({
        ...(typeof request === 'string' ? { method: 'GET', url: request } : request),
        headers: { authorization },
      }),
    addBundle: async (overrides) => {
      const sample = await writeSampleBundle(scratch.path, overrides);
      await target.publish(sample.folder, sample.id, {
        onBytes: () => undefined,
        signal: new AbortController().signal,
      });
      return sample;
    },
    [Symbol.asyncDispose]: async () => {
      await service.stop();
      await scratch[Symbol.asyncDispose]();
    },
  };
}
