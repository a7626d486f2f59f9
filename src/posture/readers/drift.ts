import type { Secret } from '../../base/index.ts';
import type { DatabaseName, SchemaProblem } from '../../contract/index.ts';
import { readDrift, type DriftDifference } from '../../migrator/index.ts';
import { classifyPostgresError, connect, targetOf, type PostgresClient } from '../../postgres/index.ts';
import { postureError } from '../errors.ts';
import { attempt, type Outcome, type ReadTerms } from '../outcome.ts';

/** How many differing objects are named; the command in the remedy lists them all. */
const NAMED_OBJECTS = 3;

export interface DriftOptions {
  readonly database: DatabaseName;
  readonly url: Secret;
  readonly migratorCommand: string;
  readonly terms: ReadTerms;
}

/**
 * Compares a live schema with the recorded one; null means no drift. It runs rarely, so it opens a connection and
 * closes it again.
 */
export async function measureDrift(options: DriftOptions): Promise<Outcome<SchemaProblem | null>> {
  const { database, url, terms } = options;
  const spec = { name: database, url, applicationName: 'plimsoll-posture-drift', connectTimeoutMs: terms.deadlineMs };
  const target = targetOf(spec);
  return await attempt({
    terms,
    work: async (signal) => {
      const client = await connect(spec);
      try {
        return await compare(client, signal, options);
      } finally {
        // Ends at once: `end` hangs up by itself when a statement is still running.
        client.end().catch(() => undefined);
      }
    },
    explain: (error) => classifyPostgresError(error, target),
  });
}

async function compare(
  client: PostgresClient,
  signal: AbortSignal,
  { database, url, migratorCommand, terms }: DriftOptions,
): Promise<SchemaProblem | null> {
  signal.throwIfAborted();
  signal.addEventListener('abort', () => client.connection.stream.destroy(), { once: true });
  await client.query(`set statement_timeout = ${terms.deadlineMs}`);
  const drift = await readDrift(client, targetOf({ name: database, url }));
  if (drift.status === 'none') return null;
  if (drift.status === 'unrecorded')
    throw postureError('drift_unrecorded', {
      message: drift.reason,
      hint: `Run \`${migratorCommand}\`: it records the schema when it has finished.`,
    });
  return {
    code: 'drift',
    message: `the schema of ${database} is not as the migrator left it: ${describe(drift.differences)}`,
    remedy: `${migratorCommand} drift`,
  };
}

function describe(differences: readonly DriftDifference[]): string {
  const named = differences.slice(0, NAMED_OBJECTS).map(({ object, change }) => `${object} ${change}`);
  const more = differences.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
