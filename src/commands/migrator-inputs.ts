import { join, resolve } from 'node:path';
import { databaseNames, type DatabaseName, type Manifest } from '../contract/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../manifest/index.ts';
import type { MigratorOptions } from '../migrator/index.ts';
import { readSettings } from '../settings/index.ts';
import type { CommandContext, OptionSpec } from './command.ts';
import { resolveDatabaseUrls } from './database-urls.ts';
import { commandError } from './errors.ts';
import { migratorCommandOf } from './migrator-command.ts';

/** The option by which every migrator command is kept to one database. */
export const databaseOption = {
  database: { type: 'string', value: 'NAME', help: `Only this database: ${databaseNames.join(', ')}.` },
} as const satisfies Record<string, OptionSpec>;

/** What all migrator commands work on, from settings and options. */
export type MigratorInputs = Required<
  Pick<MigratorOptions, 'urls' | 'manifest' | 'migrationsDir' | 'imageSha' | 'patience'>
> &
  Pick<MigratorOptions, 'operator' | 'only'> & { readonly migratorCommand: string };

/** Reads the settings and the manifest, and finds the databases. Throws what is wrong with them. */
export async function readMigratorInputs(context: CommandContext): Promise<MigratorInputs> {
  const only = parseDatabase(context.options['database']);
  const values = readSettings(context.environment, [
    'RELEASE_MANIFEST',
    'MIGRATIONS_DIR',
    'IMAGE_SHA',
    'OPERATOR',
    'MIGRATOR_LOCK_TIMEOUT_MS',
    'MIGRATOR_LOCK_ATTEMPTS',
    'MIGRATOR_STATEMENT_TIMEOUT_MS',
    'MIGRATOR_WAIT_TIMEOUT_MS',
  ]);
  const [manifest, urls] = await Promise.all([
    readChosenManifest(context, values.RELEASE_MANIFEST),
    resolveDatabaseUrls(context, 'owner'),
  ]);
  return {
    urls,
    manifest,
    migrationsDir: inside(context, values.MIGRATIONS_DIR) ?? defaultMigrationsDir(),
    imageSha: values.IMAGE_SHA,
    operator: values.OPERATOR,
    migratorCommand: migratorCommandOf(context),
    only: only === undefined ? undefined : [only],
    patience: {
      lockTimeoutMs: values.MIGRATOR_LOCK_TIMEOUT_MS,
      lockAttempts: values.MIGRATOR_LOCK_ATTEMPTS,
      statementTimeoutMs: values.MIGRATOR_STATEMENT_TIMEOUT_MS,
      waitTimeoutMs: values.MIGRATOR_WAIT_TIMEOUT_MS,
    },
  };
}

async function readChosenManifest(context: CommandContext, path: string | undefined): Promise<Manifest> {
  return await readManifest(inside(context, path) ?? defaultManifestPath());
}

function inside(context: CommandContext, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(join(context.cwd), path);
}

function parseDatabase(value: string | boolean | undefined): DatabaseName | undefined {
  if (value === undefined) return undefined;
  const name = databaseNames.find((name) => name === value);
  if (name !== undefined) return name;
  throw commandError('usage', {
    message: `there is no database "${String(value)}"`,
    hint: `Give --database ${databaseNames.join(', --database ')}, or leave it out for all three.`,
  });
}

/** The databases that a command is to look at, in their order. */
export function chosenDatabases({ only }: Pick<MigratorInputs, 'only'>): readonly DatabaseName[] {
  return databaseNames.filter((name) => only?.includes(name) ?? true);
}
