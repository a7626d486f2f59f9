import { Client, type ClientConfig } from 'pg';
import { withDeadline, type SessionKind } from '../base/index.ts';

/** A server that let us in, and is not of the kind that is wanted. */
export class WrongKindOfServer extends Error {
  override readonly name = 'WrongKindOfServer';

  constructor(standing: Standing, wanted: SessionKind) {
    super(`is ${describe(standing)}, ${wanted} is wanted`);
  }
}

/** What a session may do on its server. */
interface Standing {
  readonly inHotStandby: boolean;
  /** As each transaction begins. */
  readonly readOnly: boolean;
}

function describe({ inHotStandby, readOnly }: Standing): string {
  if (inHotStandby) return 'a standby';
  return readOnly ? 'a primary that is set to read-only' : 'a primary';
}

/** A client that hears what the server says of itself while it connects: every server since PostgreSQL 14 tells its standing. */
export class HearingClient extends Client {
  readonly #reported = new Map<string, string>();

  constructor(config?: ClientConfig) {
    super(config);
    this.connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) => {
      this.#reported.set(parameterName, parameterValue);
    });
  }

  /** What the server last reported; undefined when it did not, as behind a pooler that keeps it to itself. */
  get reportedStanding(): Standing | undefined {
    const inHotStandby = this.#reported.get('in_hot_standby');
    const readOnly = this.#reported.get('default_transaction_read_only');
    if (inHotStandby === undefined || readOnly === undefined) return undefined;
    return { inHotStandby: inHotStandby === 'on', readOnly: readOnly === 'on' };
  }
}

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

/** Throws WrongKindOfServer unless the session is of the wanted kind; asks the server only if it has not told. */
export async function requireKind(client: HearingClient, wanted: SessionKind, timeoutMs: number): Promise<void> {
  if (wanted === 'any') return;
  const standing = client.reportedStanding ?? (await withDeadline(timeoutMs, async () => await readStanding(client)));
  if (!isOfKind(standing, wanted)) throw new WrongKindOfServer(standing, wanted);
}

/** Source: PostgreSQL manual, libpq, `target_session_attrs`. */
function isOfKind({ inHotStandby, readOnly }: Standing, wanted: SessionKind): boolean {
  if (wanted === 'any') return true;
  if (wanted === 'primary') return !inHotStandby;
  if (wanted === 'read-write') return !inHotStandby && !readOnly;
  if (wanted === 'read-only') return inHotStandby || readOnly;
  return inHotStandby;
}

async function readStanding(client: Client): Promise<Standing> {
  const { rows } = await client.query<Standing>(
    `select pg_catalog.pg_is_in_recovery() as "inHotStandby",
      pg_catalog.current_setting('default_transaction_read_only') = 'on' as "readOnly"`,
  );
  return rows[0] ?? { inHotStandby: false, readOnly: false };
}
