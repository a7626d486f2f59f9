import { createHash } from 'node:crypto';
import { z } from 'zod';
import { databaseNames, type DatabaseName, type Manifest } from '../contract/index.ts';
import type { PreflightContext } from './context.ts';
import { readFleet } from './fleet-facts.ts';

const versions = z.record(z.string(), z.int().nullable());

/** What a run has looked at, as far as a later change of it makes the run stale. Null: it could not be read then. */
export const fingerprintSchema = z.object({
  manifestDigest: z.string(),
  schemaVersions: versions,
  /** `server_version_num` of each server. */
  serverVersions: versions,
  bundle: z.object({ id: z.string(), createdAt: z.string() }).nullable(),
  /** How old the last bundle may become; null: nobody could say. */
  backupMaxAgeSeconds: z.int().nullable(),
  fleet: z.object({ total: z.int(), outsideWindow: z.int() }).nullable(),
});
export type Fingerprint = z.infer<typeof fingerprintSchema>;

/** Takes the fingerprint of what the checks of this context have looked at; most of it has been read by then. */
export async function takeFingerprint(context: PreflightContext): Promise<Fingerprint> {
  const { databases, manifest } = context;
  const [fleet, answer, ...greetings] = await Promise.all([
    orNull(readFleet(databases.config, manifest.scannerProtocol)),
    orNull(context.lastBackup()),
    ...databaseNames.map(async (name) => await orNull(databases[name].greeting())),
  ]);
  const bundle = answer?.bundle ?? null;
  const perDatabase = (valueOf: (index: number) => number | null): Record<string, number | null> =>
    Object.fromEntries(databaseNames.map((name: DatabaseName, index) => [name, valueOf(index)]));
  return {
    manifestDigest: digestOf(manifest),
    schemaVersions: perDatabase((index) => {
      const rows = greetings[index]?.ledger.rows;
      return rows === undefined ? null : Math.max(0, ...rows.filter((row) => row.finishedAt).map((row) => row.version));
    }),
    serverVersions: perDatabase((index) => greetings[index]?.ledger.serverVersionNum ?? null),
    bundle: bundle === null ? null : { id: bundle.id, createdAt: bundle.createdAt },
    backupMaxAgeSeconds: answer?.maxAgeSeconds ?? null,
    fleet: fleet === null ? null : { total: fleet.total, outsideWindow: fleet.outsideWindow },
  };
}

/** Lower-case hex SHA-256 of a manifest, whatever the order of its keys in the file was. */
export function digestOf(manifest: Manifest): string {
  const { appVersion, upgradableFrom, databases, scannerProtocol, postgres } = manifest;
  const ordered = [
    appVersion,
    upgradableFrom,
    ...databaseNames.map((name) => databases[name].schemaVersion),
    ...[scannerProtocol, postgres].flatMap(({ min, max }) => [min, max]),
  ];
  return createHash('sha256').update(JSON.stringify(ordered)).digest('hex');
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  return await reading.catch(() => null);
}
