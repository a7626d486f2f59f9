import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

/** A certificate with its key, in the form node:tls takes; `issuer` lets it sign others. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly issuer: Issuer;
}

interface Issuer {
  readonly certificate: X509Certificate;
  readonly keys: CryptoKeyPair;
}

export interface CertificateOptions {
  readonly commonName?: string;
  /** DNS names and IP addresses it is made out to. */
  readonly names?: readonly string[];
  readonly notBeforeDays?: number;
  readonly notAfterDays?: number;
  readonly authority?: boolean;
  /** Who signs it; itself without one. */
  readonly signedBy?: TestCertificate;
}

/** Makes a P-256 certificate; days count from now. */
export async function makeCertificate(options: CertificateOptions = {}): Promise<TestCertificate> {
  const { commonName = 'plimsoll test', names = ['localhost'], notBeforeDays = -1, notAfterDays = 30 } = options;
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const issuer = options.signedBy?.issuer;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: '01ab',
    subject: `CN=${commonName}`,
    issuer: issuer?.certificate.subject ?? `CN=${commonName}`,
    notBefore: new Date(Date.now() + notBeforeDays * dayMs),
    // An hour more, so that a day does not end between making the certificate and looking at it.
    notAfter: new Date(Date.now() + notAfterDays * dayMs + 3_600_000),
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(options.authority ?? false, undefined, true),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
    ],
  });
  const pem = certificate.toString('pem');
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: `${pem}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    issuer: { certificate, keys },
  };
}

/** The same certificate with some bytes of its encoding replaced; its signature no longer fits, and may not need to. */
export function tamper(certificate: TestCertificate, from: string | RegExp, to: string): TestCertificate {
  const der = new NodeCertificate(certificate.cert).raw.toString('latin1');
  const changed = der.replace(from, to);
  if (changed === der || changed.length !== der.length) throw new Error(`nothing of that length to replace: ${from}`);
  const base64 = Buffer.from(changed, 'latin1').toString('base64');
  return { ...certificate, cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n` };
}
