import { expect, test } from 'vitest';
import { waitFor } from '../../../test/testkit/index.ts';
import { runOneProbe } from '../../../test/testkit/run-one-probe.ts';
import { tcpTarget } from '../../../test/testkit/target-server.ts';

async function closedPort(): Promise<number> {
  await using server = await tcpTarget(() => undefined);
  return server.port;
}

test('an open port is open, with the time it took, and nothing stays connected', async () => {
  await using server = await tcpTarget(() => undefined);
  const outcome = await runOneProbe({ kind: 'tcp', port: server.port });
  expect(outcome).toMatchObject({ outcome: 'done', finding: { open: true, error: null } });
  expect(outcome.outcome === 'done' && outcome.finding.kind === 'tcp' && outcome.finding.latencyMs).toBeGreaterThan(0);
  await waitFor(() => server.connections === 0, { what: 'the connection to be closed' });
});

test('a closed port is a finding, not a failure', async () => {
  expect(await runOneProbe({ kind: 'tcp', port: await closedPort() })).toMatchObject({
    outcome: 'done',
    finding: { open: false, latencyMs: null, error: { code: 'connection_refused' } },
  });
});

test('a name that does not exist is a finding', async () => {
  expect(await runOneProbe({ kind: 'tcp', host: 'nowhere.test', port: 80 })).toMatchObject({
    outcome: 'done',
    finding: { open: false, error: { code: 'dns_failed' } },
  });
});

test('a resolver that is out of order is a failure of the scanner, to be tried again', async () => {
  const lookup = async (): Promise<never> =>
    await Promise.reject(Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' }));
  expect(await runOneProbe({ kind: 'tcp', host: 'db.test', port: 80, lookup })).toMatchObject({
    outcome: 'failed',
    error: { code: 'dns_failed' },
  });
});

test('a resolver that never answers costs the budget and no more, and is to be tried again', async () => {
  const lookup = async (): Promise<never> => await new Promise<never>(() => undefined);
  expect(
    await runOneProbe({ kind: 'tcp', host: 'db.test', port: 80, lookup, options: { timeoutMs: 100 } }),
  ).toMatchObject({
    outcome: 'failed',
    error: { code: 'dns_failed', message: 'gave up after 100 ms while resolving db.test' },
  });
});

test('a target outside the allowed networks is refused before anything is sent', async () => {
  await using server = await tcpTarget(() => undefined);
  const outcome = await runOneProbe({ kind: 'tcp', port: server.port, networks: ['10.0.0.0/8'] });
  expect(outcome).toMatchObject({ outcome: 'refused', error: { code: 'target_not_allowed' } });
  expect(outcome.outcome === 'refused' && outcome.error.message).toBe(
    '127.0.0.1 is outside the networks this scanner may probe: 10.0.0.0/8',
  );
  expect(server.connections).toBe(0);
});

test('a name that changes its address after the check is still reached at the checked one', async () => {
  await using server = await tcpTarget(() => undefined);
  const answers = [['127.0.0.1'], ['192.0.2.1']];
  const lookup = async () => await Promise.resolve(answers.shift() ?? []);
  const outcome = await runOneProbe({ kind: 'tcp', host: 'rebinding.test', port: server.port, lookup });
  expect(outcome).toMatchObject({ outcome: 'done', finding: { open: true } });
  expect(answers).toHaveLength(1);
});

test('of the addresses of a name, the ones outside are left out and the next allowed one is tried', async () => {
  await using server = await tcpTarget(() => undefined);
  const lookup = async () => await Promise.resolve(['192.0.2.1', '::1', '127.0.0.1']);
  expect(await runOneProbe({ kind: 'tcp', host: 'many.test', port: server.port, lookup })).toMatchObject({
    outcome: 'done',
    finding: { open: true },
  });
});
