import type { Secret } from '../../base/index.ts';
import { classifyPostgresError, codeOf, sqlState, targetOf, type PostgresClient } from '../../postgres/index.ts';
import { takeError } from './errors.ts';

/** Which deployment the databases belong to. Throws `backup_deployment_unknown` on one that was not migrated so far. */
export async function readDeploymentId(client: PostgresClient, configUrl: Secret): Promise<string> {
  try {
    const { rows } = await client.query<{ id: unknown }>(
      "select value as id from public.settings where key = 'deployment.id'",
    );
    const id = rows[0]?.id;
    if (typeof id === 'string' && id !== '') return id;
  } catch (error) {
    if (codeOf(error) !== sqlState.undefinedTable)
      throw classifyPostgresError(error, targetOf({ name: 'config', url: configUrl }));
  }
  throw takeError('backup_deployment_unknown', {
    message: 'the config database does not say which deployment this is',
    hint: 'Bring it to this release: `plimsoll migrator`.',
  });
}
