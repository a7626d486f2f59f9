import { PgBoss } from 'pg-boss';
import { expect, test } from 'vitest';
import { createTestDatabases } from '../../../test/testkit/index.ts';
import { queueOptions } from './queue.ts';

test('the queue, as our migrations bring it in, is worked and kept tidy by a role that may change no schema', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  const complaints: unknown[] = [];
  const boss = new PgBoss({ ...queueOptions, connectionString: databases.jobs.urls.app.reveal() });
  boss.on('error', (error) => complaints.push(error));
  await boss.start();
  try {
    await expect(boss.schemaVersion()).resolves.toBe(46);
    const id = await boss.send('scan-jobs', { any: 'thing' });
    const [job] = await boss.fetch('scan-jobs');
    expect(job?.id).toBe(id);
    await boss.complete('scan-jobs', id ?? '');
    await boss.supervise();
  } finally {
    await boss.stop({ graceful: false });
  }
  expect(complaints).toEqual([]);
});
