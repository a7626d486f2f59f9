import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { messageOf } from '../base/index.ts';
import type { ProbeError } from '../contract/index.ts';
import { canonicalAddress, type AllowList } from './allow-list.ts';
import { codeOf, probeError } from './probe-error.ts';

/** Gives all addresses of a host name; rejects with a DNS error code. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** Where a probe may connect to. `connectTo` can reach the checked addresses and no other, whatever DNS says later. */
export type Destination =
  | { readonly kind: 'allowed'; readonly connectTo: { readonly host: string; readonly lookup: LookupFunction } }
  | { readonly kind: 'refused'; readonly error: ProbeError }
  | { readonly kind: 'unresolved'; readonly error: ProbeError; readonly temporary: boolean };

/** The machine's resolver, with its hosts file and search domains. */
export const machineLookup: Lookup = async (host) => {
  const found = await systemLookup(host, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
};

/**
 * Resolves `host` once and holds what came to the allow-list. A name of which only some addresses are allowed is
 * reached by those alone.
 */
export async function resolveDestination(host: string, allowList: AllowList, lookup: Lookup): Promise<Destination> {
  const literal = canonicalAddress(host);
  if (literal !== undefined) return judge(host, [literal], allowList);
  try {
    const addresses = await lookup(host);
    return judge(
      host,
      addresses.flatMap((address) => canonicalAddress(address) ?? []),
      allowList,
    );
  } catch (error) {
    return unresolved(host, error);
  }
}

function judge(host: string, addresses: readonly string[], allowList: AllowList): Destination {
  const allowed = addresses.filter((address) => allowList.allows(address));
  const [first] = allowed;
  // Node asks the look-up for names only; one address needs none.
  if (first !== undefined)
    return { kind: 'allowed', connectTo: { host: allowed.length === 1 ? first : host, lookup: pinned(allowed) } };
  if (addresses.length === 0) return unresolved(host, new Error('the name has no address'));
  const found = addresses.join(', ');
  const named = host === found ? host : `${host} (${found})`;
  const message = `${named} is outside the networks this scanner may probe: ${allowList.toString()}`;
  return { kind: 'refused', error: probeError('target_not_allowed', message) };
}

function unresolved(host: string, error: unknown): Destination {
  const code = codeOf(error);
  return {
    kind: 'unresolved',
    temporary: code !== '' && code !== 'ENOTFOUND' && code !== 'ENODATA',
    error: probeError('dns_failed', `${host} does not resolve: ${messageOf(error)}`),
  };
}

/** Answers every look-up of a connection with the addresses that were checked. */
function pinned(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const [first] = entries;
    if (options.all === true || first === undefined) callback(null, entries);
    else callback(null, first.address, first.family);
  };
}
