import { onTestFinished, expect, test } from 'vitest';
import {
  createTestDatabases,
  serverUrl,
  startPostgresProxy,
  testEngines,
  waitFor,
} from '../../../test/testkit/index.ts';
import { silentLog } from '../../base/index.ts';
import { Surroundings } from './surroundings.ts';

test('a server that was away when the service started is found soon after it is back, not minutes later', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  await using proxy = await startPostgresProxy(serverUrl('prove'));
  const proveUrl = proxy.urlThrough(serverUrl('prove'));
  await proxy.stop();
  const urls = databases.urls('readonly');
  const surroundings = new Surroundings({
    take: { urls, findEngines: testEngines, recipients: [] },
    proveUrl,
    keyProofs: { states: async () => await Promise.resolve([]) },
    log: silentLog,
    soonMs: 20,
  });
  await surroundings.refresh();
  expect(surroundings.facts().proveError).toMatchObject({ code: 'database_unreachable' });
  surroundings.start();
  onTestFinished(() => surroundings.stop());
  await proxy.start();
  await waitFor(() => surroundings.facts().proveError === null, { what: 'the server to be found' });
});
