import { messageOf } from '../../base/index.ts';
import type { ProbeError } from '../../contract/index.ts';
import { codeOf, connectionError, probeError } from '../probe-error.ts';
import type { ProbeContext } from './probe.ts';

/** What a probe was doing when it went wrong. */
export type Stage = 'connecting' | 'handshaking' | 'waiting for the answer';

/**
 * Puts anything that a connection rejected with into the terms of the contract. What has no name there is thrown on:
 * it is a fault of the scanner, not of the endpoint.
 */
export function endpointError(
  error: unknown,
  context: Pick<ProbeContext, 'signal' | 'timeoutMs'>,
  stage: Stage,
): ProbeError {
  if (context.signal.aborted)
    return probeError('connection_timeout', `gave up after ${context.timeoutMs} ms while ${stage}`);
  const known = tlsError(error) ?? httpError(error) ?? connectionError(error);
  if (known === undefined) throw error;
  return known;
}

/** OpenSSL's complaints; those of its ASN.1 and X.509 parsers are about the certificate. */
function tlsError(error: unknown): ProbeError | undefined {
  const code = codeOf(error);
  if (!/^(ERR_SSL_|ERR_OSSL_|ERR_TLS_|EPROTO$)/.test(code)) return undefined;
  if (isAboutCertificate(error))
    return probeError('certificate_unreadable', `the certificate does not parse: ${reasonOf(error)}`);
  if (/wrong version number|packet length too long|http request|record (too small|layer)/i.test(reasonOf(error)))
    return probeError('handshake_failed', `the server does not speak TLS on this port: ${reasonOf(error)}`);
  return probeError('handshake_failed', `no handshake: ${reasonOf(error)}`);
}

function isAboutCertificate(error: unknown): boolean {
  const library = error instanceof Error && 'library' in error ? String(error.library) : '';
  return /^(asn1 encoding|x509 certificate|X509 V3|elliptic curve|rsa|digital envelope) /i.test(library);
}

/** OpenSSL's own words, without its thread id, function and source line. Of an EPROTO the message alone has them. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'reason' in error) return String(error.reason);
  const message = messageOf(error);
  return /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/i.exec(message)?.[1] ?? message;
}

/** The HTTP parser's complaints. */
function httpError(error: unknown): ProbeError | undefined {
  const code = codeOf(error);
  if (code === 'HPE_HEADER_OVERFLOW' || code === 'ERR_HTTP_TOO_MANY_INFORMATION')
    return probeError('response_too_large', `the head of the answer is too large: ${messageOf(error)}`);
  if (code.startsWith('HPE_') || code.startsWith('ERR_HTTP_') || code.startsWith('ERR_INVALID_'))
    return probeError('protocol_error', `the answer is not HTTP/1.1: ${messageOf(error)}`);
  return undefined;
}
