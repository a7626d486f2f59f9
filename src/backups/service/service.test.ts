import { rename } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createTestBackupService } from '../../../test/testkit/test-backup-service.ts';
import { waitFor } from '../../../test/testkit/wait-for.ts';

test('without any bundle latest is null and the list is empty, which is an answer and no error', async () => {
  await using setup = await createTestBackupService();
  expect((await setup.ask('/api/bundles/latest')).json()).toMatchObject({ bundle: null });
  expect((await setup.ask('/api/bundles')).json()).toEqual({ bundles: [], broken: [] });
  expect((await setup.ask('/readyz')).json()).toEqual({ status: 'ready' });
});

test.each([undefined, 'Bearer ', 'Bearer another-token-of-length', 'Basic abc', 'Bearer a-token-of-the-backup-servic'])(
  'a call with the header %j is refused by name, and no answer shows the token',
  async (authorization) => {
    await using setup = await createTestBackupService();
    for (const url of ['/api/bundles', '/api/status', '/api/bundles/latest']) {
      const headers = authorization === undefined ? {} : { authorization };
      const response = await setup.service.app.inject({ url, headers });
      expect(response.statusCode).toBe(401);
      expect(response.json()).toMatchObject({ code: 'service_token_refused' });
      expect(response.headers['www-authenticate']).toContain('Bearer');
    }
  },
);

test('health, metrics and the description of the API need no token', async () => {
  await using setup = await createTestBackupService();
  for (const url of ['/livez', '/readyz', '/metrics', '/api/openapi.json'])
    expect((await setup.service.app.inject({ url })).statusCode).toBe(200);
});

test('bundles are listed newest first, each with what is known of it', async () => {
  await using setup = await createTestBackupService();
  const older = await setup.addBundle({ createdAt: '2026-11-20T02:10:00.000Z' });
  const newer = await setup.addBundle({ createdAt: '2026-11-21T02:10:00.000Z' });
  await setup.service.refresh();
  const { bundles } = (await setup.ask('/api/bundles')).json<{ bundles: unknown[] }>();
  expect(bundles).toMatchObject([
    { id: newer.id, state: 'completed', verifiedAt: null, copies: [{ target: 'local', state: 'whole' }] },
    { id: older.id },
  ]);
  const { bundle } = (await setup.ask('/api/bundles/latest')).json<{ bundle: object }>();
  expect(bundle).toMatchObject({ id: newer.id, schemaVersions: { config: 7, results: 7, jobs: 7 } });
  expect(bundle).not.toHaveProperty('manifest');
  expect((await setup.ask(`/api/bundles/${older.id}`)).json()).toMatchObject({ id: older.id });
});

test.each(['20260101T000000Z-00000000', '..%2f..%2fetc', 'x', '%00'])('no bundle has the id %s', async (id) => {
  await using setup = await createTestBackupService();
  const response = await setup.ask(`/api/bundles/${id}`);
  expect([400, 404]).toContain(response.statusCode);
  expect(response.headers['content-type']).toContain('application/problem+json');
});

test('a target that goes away keeps what was known of it, and the status says why it cannot be read', async () => {
  await using setup = await createTestBackupService();
  const { id } = await setup.addBundle();
  await setup.service.refresh();
  await rename(setup.folder, `${setup.folder}-unplugged`);
  await setup.service.refresh();
  expect((await setup.ask('/api/bundles/latest')).json()).toMatchObject({ bundle: { id } });
  expect((await setup.ask(`/api/bundles/${id}`)).json()).toMatchObject({
    copies: [{ target: 'local', state: 'unknown' }],
  });
  expect((await setup.ask('/api/status')).json()).toMatchObject({
    targets: [{ name: 'local', status: 'unavailable', bundles: 1, error: { code: 'target_unavailable' } }],
  });
});

test('a folder that cannot be used is named by every answer, and the service stays up for when it can', async () => {
  await using setup = await createTestBackupService({ folder: '/proc/nowhere/backups' });
  expect(setup.logs.join('')).toContain('BACKUP_DIR /proc/nowhere/backups cannot be used');
  expect((await setup.ask('/livez')).statusCode).toBe(200);
  const ready = await setup.ask('/readyz');
  expect(ready.statusCode).toBe(503);
  expect(ready.json()).toMatchObject({
    code: 'backup_targets_unread',
    detail: expect.stringContaining('local') as string,
  });
  expect((await setup.ask('/api/status')).json()).toMatchObject({
    targets: [{ status: 'unavailable', bundles: null }],
  });
  const begun = await setup.ask({ method: 'POST', url: '/api/bundles', payload: { by: 'ada' } });
  expect(begun.statusCode).toBe(202);
  const { id } = begun.json<{ id: string }>();
  const run = await waitFor(
    async () => {
      const found = (await setup.ask(`/api/runs/${id}`)).json<{ state: string }>();
      return found.state === 'running' ? undefined : found;
    },
    { what: 'the run to end' },
  );
  expect(run).toMatchObject({ state: 'failed', error: { code: 'backup_folder_unusable' } });
});
