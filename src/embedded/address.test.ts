import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { claimAddress, urlOf } from './address.ts';

test('a port that somebody uses is named, with the command that takes another', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(claimAddress({ host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'port_in_use',
    message: `port ${port} on 127.0.0.1 is in use by another program`,
    hint: expect.stringContaining(`PORT=${port + 1} npm start`) as string,
  });
  server.close();
});

test('the command that takes another port keeps the data folder and the address that were given', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const environment = { DATA_DIR: './my data', HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'warn' };
  await expect(claimAddress({ host: '127.0.0.1', port }, environment)).rejects.toMatchObject({
    hint: `Take another one: \`DATA_DIR='./my data' HOST=127.0.0.1 PORT=${port + 1} npm start\`.`,
  });
  server.close();
});

test('port 0 becomes a free one, and it is free again afterwards', async () => {
  const { host, port } = await claimAddress({ host: '127.0.0.1', port: 0 });
  expect(port).toBeGreaterThan(0);
  expect(await claimAddress({ host, port })).toEqual({ host, port });
});

test('an address of another machine is named', async () => {
  await expect(claimAddress({ host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'address_unusable' });
});

test('the command that takes an address of this machine keeps the data folder', async () => {
  await expect(claimAddress({ host: '192.0.2.1', port: 0 }, { DATA_DIR: '/srv/two' })).rejects.toMatchObject({
    hint: expect.stringContaining('`DATA_DIR=/srv/two HOST=127.0.0.1 PORT=8080 npm start`') as string,
  });
});

test.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://[::1]:80'],
  ['::1', 'http://[::1]:80'],
  ['scan.example.org', 'http://scan.example.org:80'],
])('on %s the browser goes to %s', (host, url) => {
  expect(urlOf({ host, port: 80 })).toBe(url);
});
