import type { DatabaseName } from '../../src/contract/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';
import { runMigrator } from '../../src/migrator/index.ts';
import type { DatabaseTemplate } from './databases.ts';

const config = `
insert into users (username, password_hash, role) select 'user ' || i, 'x', 'user' from generate_series(1, 5) i;
insert into enrolment_tokens (id, token_hash, made_by, expires_at, max_uses)
  values ('00000000-0000-4000-8000-000000000001', sha256('t'), 'test', now() + interval '1 day', 1000);
insert into scanners (id, name, enrolled_with, credential_hash, binary_version, protocol_version)
  select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 'scanner ' || i, '00000000-0000-4000-8000-000000000001',
         sha256(i::text::bytea), '1.0.0', 2 from generate_series(1, 20) i`;

const jobs = `
insert into scans (id, name, requested_by) values ('10000000-0000-4000-8000-000000000001', 'first scan', 'test');
insert into scan_jobs (id, scan_id, kind, host, port)
  select ('20000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, '10000000-0000-4000-8000-000000000001', 'tcp', '127.0.0.1', 80
    from generate_series(1, 50) i;
insert into leases (lease_id, job_id, scanner_id, attempt, epoch, protocol_version, expires_at)
  select ('30000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, ('20000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid,
         ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 1, 0, 2, now() + interval '1 hour' from generate_series(1, 3) i`;

const results = `
insert into targets (id, address) values ('40000000-0000-4000-8000-000000000001', '127.0.0.1:80');
insert into results (lease_id, job_id, scan_id, scanner_id, target_id, kind, attempt)
  select gen_random_uuid(), ('20000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, '10000000-0000-4000-8000-000000000001',
         ('00000000-0000-4000-8000-' || lpad('1', 12, '0'))::uuid, '40000000-0000-4000-8000-000000000001', 'tcp', 1
    from generate_series(40, 50) i;
insert into findings (lease_id, sequence, ordinal, kind, finding, job_id)
  select lease_id, -1, 0, 'tcp', '{"open": true, "quote": "it''s \\\\ one"}', job_id from results`;

/** Databases of a deployment that has been at work: users, scanners, a scan with leases and results. */
export const populated: DatabaseTemplate = {
  name: 'populated',
  fill: async (databases) => {
    const manifest = await readManifest(defaultManifestPath());
    const urls = databases.urls('owner');
    await runMigrator({ urls, manifest, migrationsDir: defaultMigrationsDir(), operator: 'testkit' });
    await fillDeployment(async (name, text) => void (await databases[name].query('owner', text)));
  },
};

/** Fills three migrated databases with such contents. */
export async function fillDeployment(query: (name: DatabaseName, text: string) => Promise<void>): Promise<void> {
  await query('config', config);
  await query('jobs', jobs);
  await query('results', results);
}
