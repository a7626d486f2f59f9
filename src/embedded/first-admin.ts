import type { Secret } from '../base/index.ts';
import { classifyPostgresError, connect, targetOf } from '../postgres/index.ts';
import type { StackSecrets } from './secrets.ts';

/**
 * The password that the manager shall give its first user: the operator's, else a generated one; undefined when there
 * are users. The table decides and not a mark of ours, so a first start that was killed half-way is still the first.
 */
export async function firstAdminPassword(
  configUrl: Secret,
  given: Secret | undefined,
  secrets: StackSecrets,
): Promise<Secret | undefined> {
  if (await hasUsers(configUrl)) return undefined;
  return given ?? (await secrets.generateAdminPassword());
}

async function hasUsers(url: Secret): Promise<boolean> {
  const spec = { name: 'config', url, applicationName: 'plimsoll up', connectTimeoutMs: 10_000 };
  const client = await connect(spec);
  try {
    const found = await client.query<{ found: boolean }>('select exists (select from users) as found');
    return found.rows[0]?.found ?? false;
  } catch (error) {
    throw classifyPostgresError(error, targetOf(spec));
  } finally {
    await client.end();
  }
}
