import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { messageOf } from '../../base/index.ts';
import type { Finding, ProbeError } from '../../contract/index.ts';
import { printable, probeError } from '../probe-error.ts';
import { chainOf, daysUntil, describeCertificate, isUnreadable } from './certificate.ts';

export type TlsFinding = Extract<Finding, { kind: 'tls' }>;

/** The name to send as SNI: the one asked for, or the host unless that is an address. */
export function serverNameOf(host: string, wished?: string): string | undefined {
  const name = (wished ?? host).replace(/\.$/, '');
  return isIP(name) === 0 ? name : undefined;
}

/** What a finished handshake shows. `checkedName` is the name or address that the certificate must carry. */
export function describeHandshake(socket: TLSSocket, checkedName: string, now: Date): TlsFinding {
  const leaf = socket.getPeerX509Certificate();
  const chain = leaf === undefined ? [] : chainOf(leaf).map(describeCertificate);
  const error = leaf === undefined ? noCertificate() : (unreadable(chain) ?? untrusted(socket, leaf, checkedName));
  return {
    kind: 'tls',
    protocol: socket.getProtocol(),
    cipher: printable(socket.getCipher().standardName, 100),
    chain,
    daysLeft: daysUntil(chain[0]?.notAfter ?? null, now),
    trusted: error === null,
    error,
  };
}

/** The finding when there was no handshake to describe. */
export function noHandshake(error: ProbeError): TlsFinding {
  return { kind: 'tls', protocol: null, cipher: null, chain: [], daysLeft: null, trusted: null, error };
}

function noCertificate(): ProbeError {
  return probeError('certificate_untrusted', 'the server presented no certificate');
}

function unreadable(chain: TlsFinding['chain']): ProbeError | undefined {
  const index = chain.findIndex(isUnreadable);
  if (index === -1) return undefined;
  return probeError('certificate_unreadable', `certificate ${index + 1} of the chain does not parse wholly`);
}

function untrusted(socket: TLSSocket, leaf: X509Certificate, name: string): ProbeError | null {
  const verdict = chainVerdict(socket) ?? nameVerdict(leaf, name);
  return verdict === undefined ? null : probeError('certificate_untrusted', verdict);
}

const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its chain ends at an authority that is not a public one',
  UNABLE_TO_GET_ISSUER_CERT: 'its issuer is not in the chain and not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is not in the chain and not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is not in the chain and not known here',
  CERT_REVOKED: 'it was revoked',
};

function chainVerdict(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined;
  // Node puts a code where its types promise an Error.
  const code = messageOf(socket.authorizationError);
  return `the certificate is not trusted: ${reasons[code] ?? 'it does not check out'} (${code})`;
}

function nameVerdict(leaf: X509Certificate, name: string): string | undefined {
  const fits = isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name);
  return fits === undefined ? `the certificate is not made out to ${name}` : undefined;
}
