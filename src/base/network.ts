import { isIP } from 'node:net';

/** A range of IP addresses in CIDR notation; a single address is a range of one. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

const bitsOf = { ipv4: 32, ipv6: 128 } as const;

/** Reads `10.0.0.0/8`, `fd00::/8` or a bare address; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', prefixText, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (prefixText === undefined) return { address, prefix: bitsOf[family], family };
  if (!/^(0|[1-9]\d{0,2})$/.test(prefixText) || Number(prefixText) > bitsOf[family]) return undefined;
  return { address, prefix: Number(prefixText), family };
}
