import { expect, test } from 'vitest';
import { parseNetwork } from './network.ts';

test.each([
  ['10.0.0.0/8', { address: '10.0.0.0', prefix: 8, family: 'ipv4' }],
  ['192.168.1.7', { address: '192.168.1.7', prefix: 32, family: 'ipv4' }],
  ['0.0.0.0/0', { address: '0.0.0.0', prefix: 0, family: 'ipv4' }],
  ['fd00::/8', { address: 'fd00::', prefix: 8, family: 'ipv6' }],
  ['::1', { address: '::1', prefix: 128, family: 'ipv6' }],
])('%s is a network', (text, expected) => {
  expect(parseNetwork(text)).toEqual(expected);
});

test.each([
  '',
  '10.0.0.0/33',
  '10.0.0/8',
  'fd00::/129',
  '10.0.0.0/08',
  '10.0.0.0/8/8',
  '10.0.0.0/',
  '10.0.0.0/-1',
  'host/8',
  'fe80::1%eth0/64',
  '010.0.0.1',
])('%j is no network', (text) => {
  expect(parseNetwork(text)).toBeUndefined();
});
