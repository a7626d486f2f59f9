import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Secret } from '../../src/base/index.ts';
import { greeting } from '../../src/backups/engine/wasm/messages.ts';
import { connect, type PostgresClient } from '../../src/postgres/index.ts';

/** A pooler in the mode that PgBouncer calls `transaction`: a server session is lent out until a transaction ends. */
export interface TransactionPooler extends AsyncDisposable {
  readonly url: Secret;
}

/** Starts one, without sign-in, that shares `size` sessions of the database. */
export async function startTransactionPooler(target: Secret, size: number): Promise<TransactionPooler> {
  const spec = { name: 'test', url: target, applicationName: 'plimsoll test', connectTimeoutMs: 10_000 };
  const sessions = await Promise.all(Array.from({ length: size }, async () => await connect(spec)));
  // The newest in is the first out, as with PgBouncer: alone, a client always gets the same one.
  const free = [...sessions];
  const waiting: ((session: PostgresClient) => void)[] = [];
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => undefined);
    serve(client, { free, waiting });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: new Secret(`postgres://any@127.0.0.1:${port}/pooled`),
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.destroy();
      server.close();
      for (const session of sessions) session.connection.stream.destroy();
      await once(server, 'close');
    },
  };
}

interface Pool {
  readonly free: PostgresClient[];
  readonly waiting: ((session: PostgresClient) => void)[];
}

function serve(client: Socket, { free, waiting }: Pool): void {
  let greeted = false;
  let lent: Duplex | undefined;
  const giveBack = (session: PostgresClient): void => {
    lent = undefined;
    const next = waiting.shift();
    if (next === undefined) free.push(session);
    else next(session);
  };
  const borrow = (session: PostgresClient, first: Buffer): void => {
    const { stream } = session.connection;
    stream.removeAllListeners('data');
    stream.on('data', (chunk: Buffer) => {
      client.write(chunk);
      if (chunk.subarray(-6).equals(readyOutsideTransaction)) giveBack(session);
    });
    lent = stream;
    stream.write(first);
  };
  client.on('data', (chunk: Buffer) => {
    if (!greeted) {
      greeted = true;
      client.write(greeting({ server_version: '18.0', client_encoding: 'UTF8' }));
    } else if (chunk[0] === goodbye) client.end();
    else if (lent !== undefined) lent.write(chunk);
    else {
      const session = free.pop();
      if (session === undefined) waiting.push((next) => borrow(next, chunk));
      else borrow(session, chunk);
    }
  });
  // A client that leaves inside a transaction takes its session with it: enough for a test.
}

const readyOutsideTransaction = Buffer.from('Z\0\0\0\u0005I', 'latin1');
const goodbye = 'X'.codePointAt(0);
