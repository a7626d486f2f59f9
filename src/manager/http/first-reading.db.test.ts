import { expect, test } from 'vitest';
import { jobsBehind, memoryPosture } from '../../../test/testkit/memory-posture.ts';
import { createTestManager } from '../../../test/testkit/test-manager.ts';
import { waitFor } from '../../../test/testkit/wait-for.ts';

/** A manager that has just started: its gate is closed, for it has read nothing, until `read` is called. */
async function setup({ patienceMs }: { readonly patienceMs: number }) {
  const posture = memoryPosture();
  const { promise, resolve } = Promise.withResolvers<void>();
  const started = await createTestManager({
    deps: {
      posture: { ...posture.source, whenRead: async () => await promise },
      gate: posture.gate,
      firstReadingMs: patienceMs,
    },
  });
  posture.close({ ...jobsBehind, code: 'schema_unknown', message: 'the schema of jobs has not been read yet' });
  const read = (): void => {
    posture.close();
    resolve();
  };
  return { ...started, read };
}

test('what is asked before anything was read waits for the reading, and a load balancer is told to wait', async () => {
  await using manager = await setup({ patienceMs: 60_000 });
  const cookie = await manager.signIn('user');
  let answered = 0;
  const asked = ['/api/scans', '/api/help', '/api/scans'].map(async (url) => {
    const { statusCode } = await manager.inject({ url, headers: { cookie } });
    answered += 1;
    return statusCode;
  });
  await waitFor(() => answered === 1, { what: 'the route that is public to answer' });
  expect((await manager.inject('/livez')).statusCode).toBe(200);
  expect((await manager.inject('/readyz')).statusCode).toBe(503);
  expect(answered).toBe(1);
  manager.read();
  expect(await Promise.all(asked)).toEqual([200, 200, 200]);
  expect((await manager.inject('/readyz')).statusCode).toBe(200);
});

test('a reading that does not come is not waited for beyond its time; the refusal then says what is not known', async () => {
  await using manager = await setup({ patienceMs: 1 });
  const cookie = await manager.signIn('user');
  const refused = await manager.inject({ url: '/api/scans', headers: { cookie } });
  expect(refused.statusCode).toBe(503);
  expect(refused.json()).toMatchObject({ code: 'schema_unknown' });
  expect((await manager.inject('/readyz')).statusCode).toBe(503);
});

test('a manager that is stopped before it has read anything lets go of whoever waits', async () => {
  const manager = await setup({ patienceMs: 60_000 });
  const cookie = await manager.signIn('user');
  const asked = manager.inject({ url: '/api/scans', headers: { cookie } });
  await manager[Symbol.asyncDispose]();
  expect((await asked).statusCode).toBe(503);
});
