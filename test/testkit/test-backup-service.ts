import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import {
  createBackupService,
  openPlaces,
  type BackupService,
  type BackupServiceOptions,
  type DatabaseUrls,
  type HomePlace,
  type TakeDeps,
} from '../../src/backups/index.ts';
import { Secret, silentLog, systemClock } from '../../src/base/index.ts';
import { createLog } from '../../src/http/index.ts';
import { writeSampleBundle, type SampleBundle } from './bundles.ts';
import { scratchFolder } from './scratch-folder.ts';
import { testEngines, testTarget } from './take-bundle.ts';

export const serviceToken = 'a-token-of-the-backup-service';

/** Nothing listens there. */
const nowhere = new Secret('postgres://nobody@127.0.0.1:1/nowhere');

/** A backup service over a folder of its own. */
export interface TestBackupService extends AsyncDisposable {
  readonly service: BackupService;
  readonly folder: string;
  readonly home: HomePlace;
  readonly logs: string[];
  /** Asks with the token. */
  ask(request: InjectOptions | string): Promise<LightMyRequestResponse>;
  /** Brings a bundle of small made-up files into the folder. */
  addBundle(overrides?: Parameters<typeof writeSampleBundle>[1]): Promise<SampleBundle>;
}

export interface TestBackupServiceOptions extends Partial<Omit<BackupServiceOptions, 'take'>> {
  /** Of real databases; default ones that are not there. */
  readonly urls?: DatabaseUrls;
  readonly take?: Partial<TakeDeps>;
  /** Default a new one. */
  readonly folder?: string;
}

/** Puts a service together and starts it. */
export async function createTestBackupService(options: TestBackupServiceOptions = {}): Promise<TestBackupService> {
  const { urls, take, folder: given, ...rest } = options;
  const scratch = await scratchFolder();
  const folder = given ?? join(scratch.path, 'backups');
  const logs: string[] = [];
  const place = openPlaces({ path: join(folder, '..', 'places.json'), clock: systemClock, log: silentLog });
  const home = place(testTarget(folder));
  const log = createLog('backup', 'debug', { write: (line) => logs.push(line) });
  const service = await createBackupService({
    log,
    clock: systemClock,
    token: new Secret(serviceToken),
    migratorCommand: 'npx plimsoll migrator',
    take: {
      urls: urls ?? { config: nowhere, results: nowhere, jobs: nowhere },
      findEngines: testEngines,
      home,
      others: [],
      recipients: [],
      app: { version: '1.0.0', imageSha: 'unknown' },
      leaseLatencyLimitMs: 0,
      zone: 'UTC',
      clock: systemClock,
      log,
      ...take,
    },
    proveUrl: undefined,
    schedules: { take: undefined, prove: undefined },
    maxAgeSeconds: 26 * 3600,
    ...rest,
  });
  await service.start();
  const authorization = `Bearer ${serviceToken}`;
  return {
    service,
    folder,
    home,
    logs,
    ask: async (request) => {
      const asked = typeof request === 'string' ? { method: 'GET' as const, url: request } : request;
      return await service.app.inject({ ...asked, headers: { ...asked.headers, authorization } });
    },
    addBundle: async (overrides) => {
      const sample = await writeSampleBundle(scratch.path, overrides);
      const terms = { onBytes: () => undefined, signal: new AbortController().signal };
      await home.target.publish(sample.folder, sample.id, terms);
      return sample;
    },
    [Symbol.asyncDispose]: async () => {
      await service.stop();
      await scratch[Symbol.asyncDispose]();
    },
  };
}
