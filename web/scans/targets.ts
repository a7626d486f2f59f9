import type { Target } from '../../src/contract/index.ts';

/** What somebody typed, read: the targets, or what is wrong with which line. */
export interface ReadTargets {
  readonly targets: readonly Target[];
  readonly faults: readonly string[];
}

const mostTargets = 1000;
const line = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<name>[^\s:[\]/]+)):(?<port>\d{1,5})$/i;

/** Reads one `host:port` a line, `[address]:port` for IPv6; blank lines and repetitions do not count. */
export function readTargets(text: string): ReadTargets {
  const lines = [...new Set(text.split(/[\n,]/).map((each) => each.trim()))].filter((each) => each !== '');
  const read = lines.map(readLine);
  const faults = read.filter((each) => typeof each === 'string');
  const targets = read.filter((each) => typeof each !== 'string');
  if (lines.length === 0) faults.push('There is no target yet.');
  if (targets.length > mostTargets)
    faults.push(`At most ${mostTargets} targets go into one scan; these are ${targets.length}.`);
  return { targets, faults };
}

function readLine(text: string): Target | string {
  const groups = line.exec(text)?.groups;
  const host = groups?.['v6'] ?? groups?.['name'];
  if (host === undefined) return `“${text}” is not host:port, such as web.example.org:443 or [2001:db8::1]:443.`;
  const port = Number(groups?.['port']);
  return port >= 1 && port <= 65_535 ? { host, port } : `“${text}”: a port is between 1 and 65535.`;
}

/** A target as its address is written: `host:port`, `[address]:port` for IPv6. */
export function addressOf({ host, port }: Target): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
