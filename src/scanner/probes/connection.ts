import { constants } from 'node:crypto';
import { connect as connectTcp, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Destination } from '../destination.ts';
import { unlessAborted } from './probe.ts';

export type Reachable = Extract<Destination, { kind: 'allowed' }>;

/** How long one of several addresses may keep the others waiting. */
const nextAddressAfterMs = 1000;

/** How long a connection that is over may take to close. */
const politeMs = 250;

/** Where a connection goes: the checked addresses alone, tried one after the other. */
export function connectionOptions({ connectTo }: Reachable, port: number): TcpNetConnectOpts {
  return { ...connectTo, port, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: nextAddressAfterMs };
}

/**
 * TLS as a witness, not as a client: speaks whatever the server still speaks and rejects nothing, so that what is
 * wrong can be told. The name is checked by the probe: Node's own check throws out of reach on odd certificates.
 */
export function tlsOptions(serverName: string | undefined): ConnectionOptions {
  return {
    ...(serverName === undefined ? {} : { servername: serverName }),
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
    ALPNProtocols: ['http/1.1'],
  };
}

/** A TCP connection; the caller lets it go. Rejects with the socket's error or the signal's reason. */
export async function openTcp(to: Reachable, port: number, signal: AbortSignal): Promise<Socket> {
  return await opened(connectTcp(connectionOptions(to, port)), 'connect', signal);
}

export interface TlsWish {
  readonly port: number;
  /** Sent as SNI; undefined sends none. */
  readonly serverName: string | undefined;
  readonly signal: AbortSignal;
  readonly onConnect: () => void;
}

/** A finished TLS handshake; the caller lets it go. Rejects like `openTcp`. */
export async function openTls(to: Reachable, wish: TlsWish): Promise<TLSSocket> {
  const socket = connectTls({ ...connectionOptions(to, wish.port), ...tlsOptions(wish.serverName) });
  socket.once('connect', wish.onConnect);
  return await opened(socket, 'secureConnect', wish.signal);
}

/**
 * Ends a connection politely, so that a probe leaves no line about a broken handshake in the log of the server; a
 * server that does not take the end is left a moment later.
 */
export function letGo(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), politeMs);
  socket.once('close', () => clearTimeout(timer));
  socket.destroySoon();
}

async function opened<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  // Stays for the socket's life: an error nobody listens to would end the process.
  socket.on('error', reject);
  socket.once(event, () => resolve(socket));
  socket.once('close', () => reject(closedEarly()));
  try {
    return await unlessAborted(promise, signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function closedEarly(): Error {
  return Object.assign(new Error('the connection was closed before it was ready'), { code: 'ECONNRESET' });
}
