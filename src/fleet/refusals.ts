import { AppError } from '../base/index.ts';
import type { ProtocolWindow, ResultRequest } from '../contract/index.ts';
import { fleetError } from './errors.ts';

const retryAfterSeconds = 5;

/** A database that is away is no fault of the scanner, and nothing it could do anything about: it is told to wait. */
export async function whileAvailable<T>(work: () => Promise<T>): Promise<T> {
  return await work().catch((error: unknown) => {
    if (error instanceof AppError && error.code.startsWith('database_')) throw fleetUnavailable(error.message, error);
    throw error;
  });
}

/** 503: not now; try again. */
export function fleetUnavailable(why: string, cause?: unknown): AppError {
  return fleetError('fleet_unavailable', {
    message: `the fleet cannot be served at the moment: ${why}`,
    hint: 'Wait as long as Retry-After says and try again; keep finished results.',
    details: { retryAfterSeconds },
    cause,
  });
}

/** 426: no jobs for this protocol version; the problem document carries the window. */
export function protocolUnsupported(found: number, window: ProtocolWindow): AppError {
  return fleetError('protocol_unsupported', {
    message: `the scanner speaks protocol ${found}, this release speaks ${window.min} to ${window.max}`,
    hint: `Install a scanner that speaks a protocol from ${window.min} to ${window.max}; the release notes name one.`,
    details: { window },
  });
}

/** 409: the result came too late, or from somebody else. */
export function leaseLost(jobId: string): AppError {
  return fleetError('lease_lost', {
    message: `the lease of job ${jobId} is no longer this scanner’s; the result was dropped`,
    hint: 'Forget the result. Send heartbeats that list every job held, so that leases are renewed.',
  });
}

/** 400: an outcome of a later protocol version. */
export function outcomeNotOfProtocol(outcome: ResultRequest['outcome']): AppError {
  return fleetError('outcome_not_of_protocol', {
    message: `the outcome ${outcome} does not exist in the protocol version under which the job was leased`,
    hint: 'Send done, failed or refused, or lease with protocolVersion 2.',
  });
}
