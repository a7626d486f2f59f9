import S3rver from '@20minutes/s3rver';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret } from '../../src/base/index.ts';
import { scratchFolder } from './scratch-folder.ts';

/** What a test does with a request in the server's place; true when it has answered. */
export type Interference = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface TestS3Server extends AsyncDisposable {
  /** In the form of BACKUP_S3_URL, with a prefix. */
  readonly url: Secret;
  /** Method and path with query of each request so far. */
  readonly requests: string[];
  /** Takes the requests from now on; undefined lets them all through. */
  interfere(interference: Interference | undefined): void;
}

/**
 * A real S3 server (s3rver) with an empty bucket, behind a listener that can fail in its place. It checks signatures; only
 * of requests to the bucket itself it gets them wrong, as it leaves out the slash at the end of their path: those go to a
 * second one over the same folder, which does not mind.
 */
export async function startS3Server(): Promise<TestS3Server> {
  const folder = await scratchFolder();
  const strict = startStore(folder.path, false);
  const lenient = startStore(folder.path, true);
  const { port: strictPort } = await strict.run();
  const { port: lenientPort } = await lenient.run();
  const requests: string[] = [];
  let interference: Interference | undefined;
  const front = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const isForBucket = /^\/[^/?]+\/(\?|$)/.test(incoming.url ?? '');
    if (interference?.(incoming, outgoing) !== true) passOn(isForBucket ? lenientPort : strictPort, incoming, outgoing);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const { port: frontPort } = front.address() as AddressInfo;
  return {
    url: new Secret(`http://S3RVER:S3RVER@127.0.0.1:${frontPort}/bundles/site-a`),
    requests,
    interfere: (next) => {
      interference = next;
    },
    [Symbol.asyncDispose]: async () => {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      await Promise.all([strict.close(), lenient.close()]);
      await folder[Symbol.asyncDispose]();
    },
  };
}

function startStore(directory: string, allowMismatchedSignatures: boolean): S3rver {
  return new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    allowMismatchedSignatures,
    configureBuckets: [{ name: 'bundles', configs: [] }],
  });
}

/** With the host header of the caller, for it is part of what was signed. */
function passOn(port: number, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const onward = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
