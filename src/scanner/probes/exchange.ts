import { request as requestHttp, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { TLSSocket } from 'node:tls';
import { messageOf } from '../../base/index.ts';
import { connectionOptions, tlsOptions, type Reachable } from './connection.ts';
import { serverNameOf } from './handshake.ts';
import { unlessAborted } from './probe.ts';

/** The head of one HTTP answer; the body is never read. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly server: string | undefined;
  readonly latencyMs: number;
}

export interface Exchange {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly to: Reachable;
  readonly signal: AbortSignal;
  readonly onConnect: () => void;
  readonly onHandshake: (socket: TLSSocket) => void;
}

/** Bounds on what a server may make us read before its answer counts as hostile. */
const maxHeadBytes = 32_768;
const maxInformational = 10;

/** Sends one request over a connection of its own and lets go of it as soon as the head of the answer is there. */
export async function exchange({ method, url, to, signal, onConnect, onHandshake }: Exchange): Promise<AnswerHead> {
  const startedMs = performance.now();
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const request = (secure ? requestHttps : requestHttp)({
    ...connectionOptions(to, Number(url.port || (secure ? 443 : 80))),
    ...(secure ? tlsOptions(serverNameOf(host)) : {}),
    method,
    path: url.pathname + url.search,
    headers: { host: url.host, 'user-agent': 'plimsoll-scanner', accept: '*/*', connection: 'close' },
    agent: false,
    maxHeaderSize: maxHeadBytes,
  });
  request.on('socket', (socket) => {
    socket.once('connect', onConnect);
    socket.once('secureConnect', () => {
      try {
        if (socket instanceof TLSSocket) onHandshake(socket);
      } catch (error) {
        request.destroy(new Error(messageOf(error), { cause: error }));
      }
    });
  });
  try {
    const { statusCode = 0, headers } = await unlessAborted(answerTo(request), signal);
    return {
      status: statusCode,
      headers,
      server: headers['server']?.toString(),
      latencyMs: performance.now() - startedMs,
    };
  } finally {
    request.destroy();
  }
}

async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let informational = 0;
  request.on('error', reject);
  request.on('information', () => {
    informational += 1;
    if (informational > maxInformational)
      reject(Object.assign(new Error('no end of informational answers'), { code: 'ERR_HTTP_TOO_MANY_INFORMATION' }));
  });
  request.on('response', (response) => {
    response.on('error', () => undefined);
    resolve(response);
  });
  request.on('upgrade', (response, socket) => {
    socket.destroy();
    resolve(response);
  });
  request.on('close', () => {
    reject(Object.assign(new Error('the connection ended without an answer'), { code: 'ECONNRESET' }));
  });
  request.end();
  return await promise;
}
