import type { BundleDatabase, BundleManifest, RestoreStep } from '../contract/index.ts';

/** Stands in the commands for the address of an empty database, which nobody here knows. */
function urlOf(name: string): string {
  return `"$${name.toUpperCase()}_URL"`;
}

/**
 * How one bundle is brought back without Plimsoll: with tar, sha256sum and the PostgreSQL client programs, and with zstd
 * and age where its files need them. The databases to load into are empty, and owned by whoever loads.
 */
export function handCommands({ id, databases, encryption }: BundleManifest): RestoreStep[] {
  return [
    { what: 'Unpack the archive that was downloaded.', command: `tar -xf plimsoll-${id}.tar && cd ${id}` },
    { what: 'See that every file is as it was written.', command: 'sha256sum -c SHA256SUMS' },
    ...databases.map((database) => ({
      what: `Load ${database.name} into an empty database. ${programWords(database)}`,
      command: loadCommand(database, encryption !== null),
    })),
  ];
}

function loadCommand({ name, format, compression, file }: BundleDatabase, isEncrypted: boolean): string {
  const opened = isEncrypted ? `age -d -i key.txt ${file.path}` : undefined;
  const load =
    format === 'custom'
      ? `pg_restore --no-owner --no-privileges -d ${urlOf(name)}`
      : `psql -X -v ON_ERROR_STOP=1 -d ${urlOf(name)}`;
  const isReadable = compression === 'zstd-inside';
  if (isReadable) return opened === undefined ? `${load} ${file.path}` : `${opened} | ${load}`;
  return opened === undefined ? `zstd -dc ${file.path} | ${load}` : `${opened} | zstd -dc | ${load}`;
}

function programWords({ format, engineVersion }: BundleDatabase): string {
  return format === 'custom' ? `pg_restore has to be of PostgreSQL ${engineVersion} or newer.` : 'It is plain SQL.';
}
