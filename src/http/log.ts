import { pino, type DestinationStream, type Logger } from 'pino';
import { traceFacts } from '../base/index.ts';

/**
 * The log of a program: JSON lines. Errors are reduced to kind, code, message, stack and cause: a Postgres error also carries
 * the row it failed on, which may hold a password hash.
 */
export function createLog(program: string, level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { program },
      timestamp: isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      // Ties a line to the trace that it was written in.
      mixin: traceFacts,
    },
    destination,
  );
}

function isoTime(): string {
  return `,"time":"${new Date().toISOString()}"`;
}

function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error === undefined ? undefined : { type: typeof error };
  return {
    type: error.name,
    code: 'code' in error ? error.code : undefined,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined || depth > 4 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}
