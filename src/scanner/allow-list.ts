import { BlockList, SocketAddress, isIP } from 'node:net';
import type { Network } from '../base/index.ts';

/**
 * The networks a scanner may probe; everything else is refused. An IPv6 address that carries an IPv4 one
 * (`::ffff:10.0.0.1`) is judged as the IPv4 address it reaches.
 */
export class AllowList {
  // One list a family: in a shared one `::/0` would let every IPv4 address in.
  readonly #blocks = { ipv4: new BlockList(), ipv6: new BlockList() };
  readonly #text: string;

  constructor(networks: readonly Network[]) {
    for (const { address, prefix, family } of networks) this.#blocks[family].addSubnet(address, prefix, family);
    this.#text = networks.map(({ address, prefix }) => `${address}/${prefix}`).join(', ');
  }

  /** `address` in the form that `canonicalAddress` gives. */
  allows(address: string): boolean {
    const version = isIP(address);
    // A zone (`fe80::1%eth0`) names an interface of this machine: never a target that somebody else may choose.
    if (version === 0 || address.includes('%')) return false;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    return this.#blocks[family].check(address, family);
  }

  toString(): string {
    return this.#text;
  }
}

/** The shortest form of an IP address, with IPv4 taken out of its IPv6 wrapping; undefined if it is none. */
export function canonicalAddress(address: string): string | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  if (version === 4 || address.includes('%')) return address;
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(canonical)?.[1] ?? canonical;
}
