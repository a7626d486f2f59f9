import type { X509Certificate } from 'node:crypto';
import type { Certificate } from '../../contract/index.ts';
import { printable } from '../probe-error.ts';

const maxChainLength = 10;
const maxAlternativeNames = 100;
const dayMs = 86_400_000;

/** The presented chain, leaf first. Ends at a certificate that is its own issuer, and in any case after ten. */
export function chainOf(leaf: X509Certificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  for (
    let certificate: X509Certificate | undefined = leaf;
    certificate !== undefined && chain.length < maxChainLength;
    certificate = certificate.issuerCertificate
  ) {
    if (seen.has(certificate.fingerprint256)) break;
    seen.add(certificate.fingerprint256);
    chain.push(certificate);
  }
  return chain;
}

/** One certificate in the contract's terms; a field that does not parse is null and does not hide the others. */
export function describeCertificate(certificate: X509Certificate): Certificate {
  return {
    subject: readable(() => distinguishedName(certificate.subject)),
    issuer: readable(() => distinguishedName(certificate.issuer)),
    notBefore: readable(() => instant(certificate.validFrom)),
    notAfter: readable(() => instant(certificate.validTo)),
    serial: readable(() => printable(certificate.serialNumber, 200)),
    san: readable(() => alternativeNames(certificate.subjectAltName ?? '')) ?? [],
    fingerprint256: readable(() => certificate.fingerprint256.replaceAll(':', '').toLowerCase()),
    keyType: readable(() => keyType(certificate)),
  };
}

/** True if any certificate has a part that no parser could make sense of. */
export function isUnreadable(certificate: Certificate): boolean {
  return certificate.notAfter === null || certificate.notBefore === null || certificate.keyType === null;
}

/** Whole days from `now` until `notAfter`, negative once it is past; null if that is not known. */
export function daysUntil(notAfter: string | null, now: Date): number | null {
  return notAfter === null ? null : Math.floor((Date.parse(notAfter) - now.getTime()) / dayMs);
}

function readable<T>(read: () => T): T | null {
  try {
    return read() ?? null;
  } catch {
    return null;
  }
}

/**
 * From OpenSSL's `Nov 22 20:45:22 2026 GMT`; throws on its `Bad time value`. Node's own `validToDate` gives an arbitrary
 * date for one of those. A year below 100 throws too: JavaScript would read the year 30 as 2030.
 */
function instant(text: string): string {
  if (!/ \d{3,} GMT$/.test(text)) throw new TypeError('not a time of OpenSSL');
  return new Date(text).toISOString();
}

/** `CN=a, O=b` from OpenSSL's one attribute a line; an empty name is an empty text. */
function distinguishedName(lines: string | undefined): string {
  return printable((lines ?? '').split('\n').join(', '), 2000);
}

/** Splits `DNS:a, IP Address:::1`, leaving alone what OpenSSL put in quotes because it holds a comma. */
function alternativeNames(text: string): string[] {
  const names = text.match(/(?:[^",]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return names.slice(0, maxAlternativeNames).map((name) => printable(name.trim(), 300));
}

const curveNames: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

function keyType({ publicKey }: X509Certificate): string | null {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  const type = publicKey.asymmetricKeyType ?? null;
  if (modulusLength !== undefined) return `${type}-${modulusLength}`;
  if (namedCurve !== undefined) return `${type}-${curveNames[namedCurve] ?? namedCurve}`;
  return type;
}
