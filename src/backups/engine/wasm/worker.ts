import { pgDump } from '@electric-sql/pglite-tools/pg_dump';
import { receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { countQuestions, greeting } from './messages.ts';

/** What the worker is started with. */
export interface WorkerTask {
  readonly port: MessagePort;
  /** Counted up with each message to the worker: what it sleeps on. */
  readonly wake: Int32Array;
  readonly words: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
}

/** From the worker: bytes for the server, and at the end the text or what went wrong. */
export type FromWorker =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'text'; readonly text: ArrayBuffer }
  | { readonly kind: 'failed'; readonly reason: string; readonly tooLarge: boolean };

/** To the worker: what the server said, up to the end of an answer or of several. */
export interface ToWorker {
  readonly bytes: Uint8Array;
  readonly answers: number;
}

interface RawStreamOptions {
  readonly onRawData: (bytes: Uint8Array) => void;
}

type FakeDatabase = Parameters<typeof pgDump>[0]['pg'];

const task = workerData as WorkerTask;
const questions = countQuestions();
let greeted = false;

/**
 * pg_dump calls this in the middle of its work and reads what `onRawData` was given as soon as it returns; it takes an
 * empty buffer for the end of an answer. So it must not return before each answer that is owed has come whole: one that
 * came in pieces would leave pg_dump asking for the rest for ever.
 */
function exchange(bytes: Uint8Array, { onRawData }: RawStreamOptions): void {
  if (!greeted) {
    greeted = true;
    return onRawData(greeting(task.parameters));
  }
  // The bytes lie in pg_dump's own memory, which goes on changing.
  send({ kind: 'send', bytes: bytes.slice() });
  for (let owed = questions.push(bytes); owed > 0;) {
    const { bytes: answer, answers } = receive();
    onRawData(answer);
    owed -= answers;
  }
}

function send(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  task.port.postMessage(message, transfer);
}

/** Sleeps until the next message; the thread has nothing else to do. */
function receive(): ToWorker {
  for (;;) {
    const seen = Atomics.load(task.wake, 0);
    const received = receiveMessageOnPort(task.port);
    if (received !== undefined) return received.message as ToWorker;
    Atomics.wait(task.wake, 0, seen);
  }
}

/** The three things the dump function asks of what it takes for a PGlite database. */
const database = {
  query: async () => await Promise.resolve({ rows: [{ search_path: '' }] }),
  exec: async () => await Promise.resolve([]),
  execProtocolRawStream: exchange,
} as unknown as FakeDatabase;

try {
  const file = await pgDump({ pg: database, args: [...task.words] });
  const text = await file.arrayBuffer();
  send({ kind: 'text', text }, [text]);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  // What V8 says of a text or a buffer that outgrew it.
  const tooLarge = error instanceof RangeError || /string longer than|allocation failed|out of memory/i.test(reason);
  send({ kind: 'failed', reason, tooLarge });
}
task.port.close();
