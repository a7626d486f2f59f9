import { MessageChannel, Worker } from 'node:worker_threads';
import { messageOf } from '../../../base/index.ts';
import { codeOf, type PostgresClient } from '../../../postgres/index.ts';
import { countAnswers, isGoodbye } from './messages.ts';
import type { FromWorker, ToWorker, WorkerTask } from './worker.ts';

/** How a conversation between pg_dump and the server ended. */
export type Conclusion =
  | { readonly text: ArrayBuffer }
  | { readonly failure: string; readonly cause: 'pg_dump' | 'connection' | 'memory' };

export interface ConversationTerms {
  readonly client: PostgresClient;
  readonly words: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Bytes that the server has sent. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Keeps a thread that runs out of memory from taking the process with it. */
const heapLimitMb = 3072;

/**
 * Runs pg_dump in a thread and hands its bytes to the server and the answers back. The client's connection is taken over
 * for good: nothing may be asked of the client afterwards. When this resolves the thread is gone. Throws the signal's reason.
 */
export async function converse(terms: ConversationTerms): Promise<Conclusion> {
  const { port1: ours, port2: theirs } = new MessageChannel();
  const wake = new Int32Array(new SharedArrayBuffer(4));
  const task: WorkerTask = { port: theirs, wake, words: terms.words, parameters: terms.parameters };
  const worker = new Worker(workerUrl(), {
    workerData: task,
    transferList: [theirs],
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
    env: {},
  });
  const { promise, resolve } = Promise.withResolvers<Conclusion | undefined>();
  const { stream } = terms.client.connection;
  connectAnswers(terms, (answer: ToWorker) => {
    ours.postMessage(answer, []);
    Atomics.add(wake, 0, 1);
    Atomics.notify(wake, 0);
  });
  let leaving = false;
  ours.on('message', (message: FromWorker) => {
    if (message.kind !== 'send') return resolve(conclusionOf(message));
    leaving ||= isGoodbye(message.bytes);
    stream.write(message.bytes);
  });
  stream.on('error', (error) => resolve({ failure: messageOf(error), cause: 'connection' }));
  stream.on('close', () => {
    if (!leaving) resolve({ failure: 'the server closed the connection', cause: 'connection' });
  });
  worker.on('error', (error) => {
    resolve({ failure: messageOf(error), cause: codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'pg_dump' });
  });
  terms.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  if (terms.signal.aborted) resolve(undefined);
  const conclusion = await promise;
  ours.close();
  await worker.terminate();
  terms.signal.throwIfAborted();
  return conclusion ?? { failure: 'it was stopped', cause: 'pg_dump' };
}

/** Takes the stream away from the driver and cuts what comes into whole answers. */
function connectAnswers(terms: ConversationTerms, deliver: (answer: ToWorker) => void): void {
  const { stream } = terms.client.connection;
  const answers = countAnswers();
  let pieces: Buffer[] = [];
  stream.removeAllListeners('data');
  stream.on('data', (chunk: Buffer) => {
    terms.onBytes(chunk.length);
    pieces.push(chunk);
    const ended = answers.push(chunk);
    if (ended === 0) return;
    deliver({ bytes: Buffer.concat(pieces), answers: ended });
    pieces = [];
  });
}

function conclusionOf(message: Exclude<FromWorker, { kind: 'send' }>): Conclusion {
  if (message.kind === 'text') return { text: message.text };
  return { failure: message.reason, cause: message.tooLarge ? 'memory' : 'pg_dump' };
}

/** The built program has the worker beside it as a file of its own. */
function workerUrl(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './worker.ts' : './wasm-pg-dump.js', import.meta.url);
}
