import { resolve } from 'node:path';
import { hasCode, Secret } from '../base/index.ts';
import { databaseNames, type DatabaseName } from '../contract/index.ts';
import { invalidSettings, readSettings } from '../settings/index.ts';
import type { CommandContext } from './command.ts';
import { commandError } from './errors.ts';

/** What the connection is for: rows only (the manager), schema changes (the migrator), reading everything (backups), or statistics. */
export type DatabasePurpose = 'app' | 'owner' | 'readonly' | 'monitor';

/** The three URLs of one purpose. */
export type DatabaseUrls = Readonly<Record<DatabaseName, Secret>>;

const urlSettings = [
  'CONFIG_DATABASE_URL',
  'RESULTS_DATABASE_URL',
  'JOBS_DATABASE_URL',
  'MIGRATOR_CONFIG_DATABASE_URL',
  'MIGRATOR_RESULTS_DATABASE_URL',
  'MIGRATOR_JOBS_DATABASE_URL',
  'BACKUP_CONFIG_DATABASE_URL',
  'BACKUP_RESULTS_DATABASE_URL',
  'BACKUP_JOBS_DATABASE_URL',
  'MONITOR_CONFIG_DATABASE_URL',
  'MONITOR_RESULTS_DATABASE_URL',
  'MONITOR_JOBS_DATABASE_URL',
] as const;

/** Settings that win over the plain ones, by what the connection is for. */
const specific = { app: undefined, owner: 'MIGRATOR', readonly: 'BACKUP', monitor: 'MONITOR' } as const;

/**
 * The URLs from the settings (for the owner `MIGRATOR_…_DATABASE_URL`, for backups `BACKUP_…_DATABASE_URL`, for statistics `MONITOR_…_DATABASE_URL`, then `…_DATABASE_URL`); without any of them,
 * those of the running embedded stack. Throws `database_urls_incomplete` or `stack_not_found`.
 */
export async function resolveDatabaseUrls(
  context: Pick<CommandContext, 'environment' | 'cwd'>,
  purpose: DatabasePurpose,
): Promise<DatabaseUrls> {
  const configured = configuredUrls(context, purpose);
  const missing = databaseNames.filter((name) => configured[name] === undefined);
  if (missing.length === 0) return configured as DatabaseUrls;
  if (isIncomplete(missing)) throw incomplete(missing);
  return await stackUrls(context, purpose);
}

function configuredUrls(
  context: Pick<CommandContext, 'environment'>,
  purpose: DatabasePurpose,
): Partial<Record<DatabaseName, Secret>> {
  const values = readUrlSettings(context, purpose);
  const found = databaseNames.map((name) => {
    const setting = settingOf(name);
    const prefix = specific[purpose];
    return [name, (prefix && values[`${prefix}_${setting}`]) ?? values[setting]] as const;
  });
  return Object.fromEntries(found.filter(([, url]) => url !== undefined));
}

/** What is malformed and what is missing are told at once: neither hides the other. */
function readUrlSettings({ environment }: Pick<CommandContext, 'environment'>, purpose: DatabasePurpose) {
  try {
    return readSettings(environment, urlSettings);
  } catch (error) {
    const isSet = (name: string): boolean => [name, `${name}_FILE`].some((key) => (environment[key] ?? '') !== '');
    const missing = databaseNames.filter((name) => {
      const setting = settingOf(name);
      const prefix = specific[purpose];
      return !isSet(setting) && !(prefix !== undefined && isSet(`${prefix}_${setting}`));
    });
    if (!hasCode(error, 'settings_invalid') || !isIncomplete(missing)) throw error;
    throw invalidSettings([...(error.details['problems'] as readonly string[]), sentenceOf(missing)]);
  }
}

function isIncomplete({ length }: readonly DatabaseName[]): boolean {
  return length > 0 && length < databaseNames.length;
}

function settingOf(name: DatabaseName) {
  return `${name.toUpperCase() as Uppercase<DatabaseName>}_DATABASE_URL` as const;
}

async function stackUrls(
  context: Pick<CommandContext, 'environment' | 'cwd'>,
  purpose: DatabasePurpose,
): Promise<DatabaseUrls> {
  const dataDir = resolve(context.cwd, readSettings(context.environment, ['DATA_DIR']).DATA_DIR);
  // Only here: a migrator that is told its databases loads nothing of the stack; and only this file of it.
  const { readRunningStack } = await import('../embedded/stack-file.ts');
  const stack = await readRunningStack(dataDir);
  if (stack === undefined) throw notFound(dataDir);
  const urlOf = (name: DatabaseName): string => stack.databases[name][purpose] ?? stack.databases[name].app;
  return Object.fromEntries(databaseNames.map((name) => [name, new Secret(urlOf(name))])) as Record<
    DatabaseName,
    Secret
  >;
}

function sentenceOf(missing: readonly DatabaseName[]): string {
  return `${namesOf(missing)} ${missing.length === 1 ? 'is' : 'are'} not set, while other database URLs are`;
}

function namesOf(missing: readonly DatabaseName[]): string {
  return missing.map(settingOf).join(' and ');
}

function incomplete(missing: readonly DatabaseName[]): Error {
  return commandError('database_urls_incomplete', {
    message: sentenceOf(missing),
    hint: `Set ${namesOf(missing)} too, or unset the others to use the stack that \`npm start\` runs.`,
    details: { missing },
  });
}

function notFound(dataDir: string): Error {
  return commandError('stack_not_found', {
    message: `no …_DATABASE_URL is set, and no stack is running on ${dataDir}`,
    hint: 'Start one with `npm start` (the same DATA_DIR), or set CONFIG_DATABASE_URL, RESULTS_DATABASE_URL and JOBS_DATABASE_URL.',
    details: { dataDir },
  });
}
