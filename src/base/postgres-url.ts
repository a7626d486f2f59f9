/** A database URL that can be used, or the sentence that says what is wrong with it; neither shows the password. */
export type PostgresUrl = { readonly url: URL } | { readonly problem: string };

const encode = 'percent-encode @ / ? # in the user and password (%40 %2F %3F %23)';

/**
 * Reads a postgres:// URL by the rules that the `pg` driver and libpq share. A URL whose parts could be read in two ways
 * is refused: drivers guess differently, and a guess that ends the password early would show the rest of it.
 */
export function parsePostgresUrl(text: string): PostgresUrl {
  const rest = /^postgres(?:ql)?:\/\/(.*)$/s.exec(text)?.[1];
  if (rest === undefined) return { problem: 'must start with postgres:// or postgresql://' };
  const [beforeQuery = ''] = rest.split('?');
  const authority = beforeQuery.split('/')[0] ?? '';
  if (/[\s\\]/.test(text)) return { problem: 'must not contain blanks or backslashes' };
  if (text.includes('#') || beforeQuery.split('@').length > 2 || hasLateAt(rest, authority))
    return { problem: `cannot be read without guessing: ${encode}` };
  const hosts = authority.slice(authority.indexOf('@') + 1);
  if (hosts.includes(',')) return { problem: 'names several hosts; give the one name that leads to the primary' };
  // libpq allows no host at all before ?host=/socket/dir; the URL standard does not.
  const url = URL.parse(hosts === '' ? text.replace(authority, `${authority}localhost`) : text);
  if (url === null || !decodes(url))
    return { problem: `is not a URL that can be read: ${encode}; the port is 1 to 65535` };
  if (!/^\/[^/]+$/.test(url.pathname))
    return { problem: 'must name a database, as in postgres://user@host:5432/config' };
  return { url };
}

/** An @ after the first slash belonged to a password with a raw slash or question mark in it. */
function hasLateAt(rest: string, authority: string): boolean {
  const [tail = ''] = rest.slice(authority.length).split('host=');
  return tail.includes('@');
}

function decodes(url: URL): boolean {
  try {
    for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
