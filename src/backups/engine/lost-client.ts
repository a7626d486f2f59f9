import type { PostgresClient } from '../../postgres/index.ts';

/**
 * Lets the server look every second whether we are still there. Otherwise a session whose client was killed would
 * count on, or wait for its lock, and hold its snapshot all the while. A server before 14, or on a system where it cannot
 * tell, refuses, and is used as it is.
 */
export async function noticeLostClient(client: PostgresClient): Promise<void> {
  await client.query("set client_connection_check_interval = '1s'").catch(() => undefined);
}
