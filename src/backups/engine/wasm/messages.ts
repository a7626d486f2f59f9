/**
 * Both directions of the PostgreSQL protocol are read for one thing only: how many answers are owed and how many have
 * come whole. A message is a type byte, a length that counts itself, and the rest; the first one of a client has no type.
 */
interface MessageCounter {
  /** Takes the next bytes, cut anywhere; gives how many messages of the kinds it counts ended in them. */
  push(bytes: Uint8Array): number;
}

/** Query, Sync and FunctionCall: the server ends its answer to each with ReadyForQuery. */
const asking = new Set(['Q', 'S', 'F']);

/** Counts what a client has asked. */
export function countQuestions(): MessageCounter {
  return messageCounter((type) => asking.has(type));
}

/** Counts the answers that a server has finished: each ends with ReadyForQuery. */
export function countAnswers(): MessageCounter {
  return messageCounter((type) => type === 'Z');
}

const headerLength = 5;

/** Whether this is the goodbye of a client, after which the server closes the connection. */
export function isGoodbye(bytes: Uint8Array): boolean {
  return bytes.length === headerLength && bytes[0] === 'X'.codePointAt(0);
}

function messageCounter(counts: (type: string) => boolean): MessageCounter {
  const header: number[] = [];
  let rest = 0;
  let type = '';
  return {
    push: (bytes) => {
      let ended = 0;
      let at = 0;
      while (at < bytes.length) {
        if (rest > 0) {
          const step = Math.min(rest, bytes.length - at);
          rest -= step;
          at += step;
        } else {
          header.push(bytes[at] ?? 0);
          at += 1;
          if (header.length < headerLength) continue;
          type = String.fromCodePoint(header[0] ?? 0);
          rest = lengthIn(header) - 4;
          header.length = 0;
        }
        if (rest === 0 && header.length === 0 && counts(type)) ended += 1;
      }
      return ended;
    },
  };
}

function lengthIn([, a = 0, b = 0, c = 0, d = 0]: readonly number[]): number {
  return a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
}

/** What a server says once a client is in: its parameters, a cancel key that nobody uses, and that it is ready. */
export function greeting(parameters: Readonly<Record<string, string>>): Uint8Array {
  const authenticated = message('R', Buffer.alloc(4));
  const statuses = Object.entries(parameters).map(([name, value]) => message('S', Buffer.from(`${name}\0${value}\0`)));
  return Buffer.concat([authenticated, ...statuses, message('K', Buffer.alloc(8)), message('Z', Buffer.from('I'))]);
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(headerLength);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
