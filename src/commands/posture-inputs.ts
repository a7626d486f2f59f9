import { resolve } from 'node:path';
import { silentLog, systemClock } from '../base/index.ts';
import type { Manifest } from '../contract/index.ts';
import { createGate } from '../gate/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../manifest/index.ts';
import { readDefinitions, type Definitions } from '../migrator/index.ts';
import { createPosture, type Posture } from '../posture/index.ts';
import { readSettings } from '../settings/index.ts';
import { findBackupService } from './backup-service.ts';
import type { CommandContext } from './command.ts';
import { resolveDatabaseUrls, type DatabaseUrls } from './database-urls.ts';
import { migratorCommandOf } from './migrator-command.ts';

/** A posture for a command that looks once, and what it is made of. */
export interface PostureInputs {
  readonly posture: Posture;
  readonly urls: DatabaseUrls;
  readonly manifest: Manifest;
  readonly definitions: Definitions;
}

/** Nobody is kept waiting by a command as by a page, and it may be run on a machine that is busy with a deployment. */
const readDeadlineMs = 3000;

/** Opens the posture of this deployment; it reads nothing before it is refreshed, and keeps nothing on disk. */
export async function openPosture(context: CommandContext): Promise<PostureInputs> {
  const settings = readSettings(context.environment, ['RELEASE_MANIFEST', 'MIGRATIONS_DIR', 'IMAGE_SHA', 'DATA_DIR']);
  const inside = (path: string): string => resolve(context.cwd, path);
  const manifest = await readManifest(inside(settings.RELEASE_MANIFEST ?? defaultManifestPath()));
  const definitions = await readDefinitions(inside(settings.MIGRATIONS_DIR ?? defaultMigrationsDir()));
  const migratorCommand = migratorCommandOf(context);
  const urls = await resolveDatabaseUrls(context, 'app');
  const posture = createPosture({
    manifest,
    definitions,
    urls,
    backup: (await findBackupService(context)) ?? { url: undefined, token: undefined },
    dataDir: inside(settings.DATA_DIR),
    keepsLastKnown: false,
    imageSha: settings.IMAGE_SHA,
    gate: createGate({ manifest, clock: systemClock, migratorCommand }),
    clock: systemClock,
    log: silentLog,
    migratorCommand,
    readDeadlineMs,
  });
  return { posture, urls, manifest, definitions };
}
