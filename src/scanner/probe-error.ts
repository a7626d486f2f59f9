import { messageOf } from '../base/index.ts';
import type { ProbeError, probeErrorCodes } from '../contract/index.ts';

export type ProbeErrorCode = (typeof probeErrorCodes)[number];

/** An error as it travels: what the endpoint said is cut to size and cannot carry control characters. */
export function probeError(code: ProbeErrorCode, message: string): ProbeError {
  return { code, message: printable(message, 1000) };
}

/** Text of a stranger, on one line, at most `maxLength` characters, without control characters or broken surrogates. */
export function printable(text: string, maxLength: number): string {
  const oneLine = text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return oneLine.length <= maxLength ? oneLine : oneLine.slice(0, maxLength).toWellFormed();
}

/** The `code` of a Node error; of the first one inside when several addresses were tried. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const byCode: Readonly<Record<string, ProbeErrorCode>> = {
  ECONNREFUSED: 'connection_refused',
  ETIMEDOUT: 'connection_timeout',
  EHOSTUNREACH: 'network_unreachable',
  ENETUNREACH: 'network_unreachable',
  EHOSTDOWN: 'network_unreachable',
  EADDRNOTAVAIL: 'network_unreachable',
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
};

/** What a failed connection says about the endpoint; undefined if it says something about this machine instead. */
export function connectionError(error: unknown): ProbeError | undefined {
  const code = byCode[codeOf(error)];
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return code === undefined ? undefined : probeError(code, messageOf(first));
}
