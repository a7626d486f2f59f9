import type { IncomingHttpHeaders } from 'node:http';

type Judge = (value: string, headers: IncomingHttpHeaders) => boolean;

const present: Judge = (value) => value !== '';

/** A header that is there but switched off counts as missing. */
const judges: Readonly<Record<string, Judge>> = {
  'content-security-policy': present,
  'permissions-policy': present,
  'referrer-policy': (value) => value !== '' && !/(^|,)\s*unsafe-url\s*$/i.test(value),
  'strict-transport-security': (value) => /(^|;)\s*max-age="?0*[1-9]/i.test(value),
  'x-content-type-options': (value) => /^\s*nosniff\s*$/i.test(value),
  'x-frame-options': (value, headers) =>
    /^\s*(deny|sameorigin)\s*$/i.test(value) || /frame-ancestors/i.test(textOf(headers['content-security-policy'])),
};

/** The security headers an answer lacks, lower case. Strict-Transport-Security means something over TLS alone. */
export function missingSecurityHeaders(headers: IncomingHttpHeaders, scheme: string): string[] {
  return Object.entries(judges)
    .filter(([name]) => name !== 'strict-transport-security' || scheme === 'https')
    .filter(([name, isSet]) => !isSet(textOf(headers[name]), headers))
    .map(([name]) => name);
}

function textOf(value: string | string[] | undefined): string {
  return value === undefined ? '' : String(value);
}
