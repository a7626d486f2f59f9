import { expect, test } from 'vitest';
import { parseNetwork } from '../base/index.ts';
import { AllowList, canonicalAddress } from './allow-list.ts';
import { resolveDestination } from './destination.ts';

const defaults = '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 fc00::/7 ::1';

function allowList(networks: string): AllowList {
  return new AllowList(networks.split(' ').flatMap((text) => parseNetwork(text) ?? []));
}

function judge(networks: string, address: string): boolean {
  const canonical = canonicalAddress(address);
  return canonical !== undefined && allowList(networks).allows(canonical);
}

test.each([
  '10.0.0.0',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '127.0.0.1',
  '127.255.255.254',
  '::1',
  '0:0:0:0:0:0:0:1',
  'fd12:3456::1',
  'FC00::1',
  '::ffff:10.0.0.1',
  '::FFFF:0a00:0001',
  '::ffff:7f00:1',
])('%s is private or loopback', (address) => {
  expect(judge(defaults, address)).toBe(true);
});

test.each([
  '9.255.255.255',
  '11.0.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.169.0.0',
  '128.0.0.1',
  '8.8.8.8',
  '0.0.0.0',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::2',
  'fe80::1',
  'fe80::1%eth0',
  'fd00::1%lo',
  '2001:db8::1',
  '::ffff:8.8.8.8',
  '::ffff:169.254.169.254',
  '::10.0.0.1',
  '64:ff9b::10.0.0.1',
  '2002:a00:1::',
  'ff02::1',
  '',
  'localhost',
  '10.0.0',
  '010.0.0.1',
  '0x7f000001',
  '2130706433',
  '127.1',
  '10.0.0.1 ',
  '10.0.0.1/8',
])('%j is neither', (address) => {
  expect(judge(defaults, address)).toBe(false);
});

test.each([
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['192.0.2.0/25', '192.0.2.127', true],
  ['192.0.2.0/25', '192.0.2.128', false],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '2001:db8::1', true],
  ['::/0', '8.8.8.8', false],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
])('%s and %s: %s', (networks, address, expected) => {
  expect(judge(networks, address)).toBe(expected);
});

test('an empty list allows nothing', () => {
  expect(new AllowList([]).allows('127.0.0.1')).toBe(false);
});

test.each([
  ['one address outside', ['8.8.8.8'], 'refused'],
  ['one inside', ['10.1.2.3'], 'allowed'],
  ['one inside among others', ['8.8.8.8', '10.1.2.3'], 'allowed'],
  ['the cloud metadata service', ['169.254.169.254'], 'refused'],
  ['an outside address in IPv6 dress', ['::ffff:8.8.8.8'], 'refused'],
  ['no address', [], 'unresolved'],
  ['something that is no address', ['nonsense'], 'unresolved'],
])('a name with %s', async (_case, addresses, kind) => {
  const destination = await resolveDestination(
    'x.test',
    allowList(defaults),
    async () => await Promise.resolve(addresses),
  );
  expect(destination.kind).toBe(kind);
});

test('a connection asks the pinned look-up, which knows the allowed addresses alone', async () => {
  const lookup = async () => await Promise.resolve(['8.8.8.8', '10.1.2.3', '::ffff:10.1.2.4']);
  const destination = await resolveDestination('x.test', allowList(defaults), lookup);
  if (destination.kind !== 'allowed') throw new Error(destination.kind);
  const answers: unknown[] = [];
  destination.connectTo.lookup('x.test', { all: true }, (_error, found) => answers.push(found));
  destination.connectTo.lookup('x.test', {}, (_error, found, family) => answers.push([found, family]));
  expect(answers).toEqual([
    [
      { address: '10.1.2.3', family: 4 },
      { address: '10.1.2.4', family: 4 },
    ],
    ['10.1.2.3', 4],
  ]);
});
