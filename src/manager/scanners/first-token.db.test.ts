import { expect, test } from 'vitest';
import { waitFor } from '../../../test/testkit/index.ts';
import { createTestManager, type TestManager } from '../../../test/testkit/test-manager.ts';
import { Secret } from '../../base/index.ts';
import { admitFirstToken } from './first-token.ts';

const scannerToken = new Secret(`ple_${'5'.repeat(64)}`);

async function enrol(setup: TestManager): Promise<number> {
  const { statusCode } = await setup.inject({
    method: 'POST',
    url: '/scanner/v1/enrol',
    payload: { name: 'local', binaryVersion: '1.0.0', protocolVersion: 2 },
    headers: { authorization: `Bearer ${scannerToken.reveal()}` },
  });
  return statusCode;
}

test('a scanner that is deployed along enrols with the token that both were given, once, however many managers take it in', async () => {
  await using setup = await createTestManager({ deps: { scannerToken } });
  await waitFor(async () => (await enrol(setup)) === 201, { what: 'the token to be taken in' });
  expect(await enrol(setup)).toBe(401);
  const again = await Promise.all([1, 2, 3].map(async () => await admitFirstToken({ ...setup.deps, scannerToken })));
  expect(again).toEqual([true, true, true]);
  expect(await enrol(setup)).toBe(401);
  const audited = await setup.databases.config.query(
    'app',
    "select actor, actor_method from audit_events where action = 'enrolment_token.created'",
  );
  expect(audited).toEqual([{ actor: 'manager', actor_method: 'system' }]);
});

test('while there are no tables yet the token is taken in later, and without one there is nothing to take in', async () => {
  await using setup = await createTestManager({ migrated: false, users: [] });
  expect(await admitFirstToken({ ...setup.deps, scannerToken })).toBe(false);
  expect(await admitFirstToken({ ...setup.deps, scannerToken: undefined })).toBe(true);
});
