import { addFirstUser, checkPassword, listUsers } from '../accounts/index.ts';
import { AppError, type Secret } from '../base/index.ts';
import type { Database } from '../postgres/index.ts';
import { withConfigDatabase } from './config-database.ts';
import type { StackSecrets } from './secrets.ts';

/** The name of the first user. */
export const adminUser = 'admin';

export interface FirstAdminOptions {
  readonly configUrl: Secret;
  /** The password that the operator chose; undefined: one is generated. */
  readonly given: Secret | undefined;
  readonly secrets: StackSecrets;
  readonly report: (line: string) => void;
}

/**
 * Makes the first user if there is none. It is made here, so that the password stays out of the manager's environment;
 * only while the tables are missing it is given back, for the manager to make the user once they are there.
 * The table decides and not a mark of ours, so a first start that was killed half-way is still the first.
 */
export async function ensureFirstAdmin(options: FirstAdminOptions): Promise<Secret | undefined> {
  return await withConfigDatabase(options.configUrl, async (config) => {
    if (await hasUsers(config)) return undefined;
    const password = await choosePassword(options);
    return (await makeUser(config, password)) ? undefined : password;
  });
}

async function hasUsers(config: Database): Promise<boolean> {
  return await unlessNotMigrated(async () => (await listUsers(config)).length > 0);
}

/** False: the tables are not there yet. */
async function makeUser(config: Database, password: Secret): Promise<boolean> {
  const by = { database: config, actor: { name: 'plimsoll up', method: 'system' as const } };
  return await unlessNotMigrated(async () => {
    await addFirstUser(by, { username: adminUser, password });
    return true;
  });
}

async function unlessNotMigrated(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'accounts_not_migrated') return false;
    throw error;
  }
}

async function choosePassword({ given, secrets, report }: FirstAdminOptions): Promise<Secret> {
  if (given === undefined) return await secrets.generateAdminPassword();
  await secrets.forgetAdminPassword();
  try {
    checkPassword(given, adminUser);
  } catch (error) {
    if (error instanceof AppError) report(`ADMIN_PASSWORD is weak: ${error.message}`);
  }
  return given;
}
