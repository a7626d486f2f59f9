import { hash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBundleId, writeBundleDocuments } from '../../src/backups/index.ts';
import { databaseNames, type BundleManifest, type DatabaseName } from '../../src/contract/index.ts';

export type SampleDumps = Readonly<Record<DatabaseName, Buffer>>;

export interface SampleBundle {
  readonly folder: string;
  readonly id: string;
  readonly manifest: BundleManifest;
}

/** Three small files in the place of dumps. */
export function sampleDumps(bytes = 400): SampleDumps {
  return { config: randomBytes(bytes), results: randomBytes(bytes * 2), jobs: randomBytes(bytes) };
}

/** A manifest that fits the given dumps; `overrides` replace whole fields of it. */
export function sampleManifest(overrides: Partial<BundleManifest> = {}, dumps = sampleDumps()): BundleManifest {
  const createdAt = overrides.createdAt ?? '2026-11-20T02:10:00.000Z';
  return {
    formatVersion: 1,
    id: makeBundleId(new Date(createdAt), randomBytes(4).toString('hex')),
    deploymentId: 'deployment-one',
    createdAt,
    completedAt: createdAt,
    takenBy: 'schedule',
    reason: 'schedule',
    appVersion: '1.0.0',
    imageSha: 'unknown',
    encryption: null,
    databases: databaseNames.map((name) => ({
      name,
      engine: 'pg_dump' as const,
      engineVersion: '17.6',
      format: 'custom' as const,
      compression: 'zstd' as const,
      serverVersion: 180_004,
      schemaVersion: 7,
      oldestCompatible: 6,
      schemaFingerprint: 'b5b5',
      snapshotAt: createdAt,
      lsn: '0/1A2B3C4',
      databaseBytes: 9_000_000,
      tables: [{ name: `public.${name}_things`, rows: 12, dataLeftOut: false }],
      file: {
        path: `${name}.dump.zst${overrides.encryption ? '.age' : ''}`,
        bytes: dumps[name].length,
        sha256: hash('sha256', dumps[name]),
      },
    })),
    skewMs: 1.5,
    crossChecks: [{ code: 'result_job', checked: 10, missing: 0 }],
    ...overrides,
  };
}

/** A finished folder below `parent`, such as a target publishes. */
export async function writeSampleBundle(
  parent: string,
  overrides: Partial<BundleManifest> = {},
  dumps = sampleDumps(),
): Promise<SampleBundle> {
  const manifest = sampleManifest(overrides, dumps);
  const folder = join(parent, `work-${manifest.id}`);
  await mkdir(folder, { recursive: true });
  for (const { name, file } of manifest.databases) await writeFile(join(folder, file.path), dumps[name]);
  await writeBundleDocuments(folder, manifest);
  return { folder, id: manifest.id, manifest };
}
