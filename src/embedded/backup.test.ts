import { expect, test } from 'vitest';
import { Secret } from '../base/index.ts';
import { backupEnvironment } from './backup.ts';

const facts = {
  address: { host: '127.0.0.1', port: 4711 },
  dataDir: '/data',
  token: new Secret('a-token-of-the-service'),
  readonlyUrls: {
    config: new Secret('postgres://r/config'),
    results: new Secret('postgres://r/results'),
    jobs: new Secret('postgres://r/jobs'),
  },
  proveUrl: new Secret('postgres://p/postgres'),
  migratorCommand: 'npx plimsoll migrator',
};

test('the backup service reads with the role that only reads, and gets no secret of another part', () => {
  const caller = {
    SESSION_SECRET: 's',
    ADMIN_PASSWORD: 'a',
    RECOVERY_TOKEN: 'r',
    CONFIG_DATABASE_URL: 'postgres://app/config',
    MIGRATOR_CONFIG_DATABASE_URL: 'postgres://owner/config',
    BACKUP_SERVICE_TOKEN_FILE: '/run/token',
    BACKUP_SCHEDULE: '@hourly',
  };
  expect(backupEnvironment(caller, facts)).toMatchObject({
    BACKUP_CONFIG_DATABASE_URL: 'postgres://r/config',
    BACKUP_PROVE_DATABASE_URL: 'postgres://p/postgres',
    BACKUP_PORT: '4711',
    BACKUP_DIR: '/data/backups',
    BACKUP_SERVICE_TOKEN: 'a-token-of-the-service',
    BACKUP_SERVICE_TOKEN_FILE: undefined,
    BACKUP_SCHEDULE: '@hourly',
    CONFIG_DATABASE_URL: undefined,
    MIGRATOR_CONFIG_DATABASE_URL: undefined,
    SESSION_SECRET: undefined,
    ADMIN_PASSWORD: undefined,
    RECOVERY_TOKEN: undefined,
  });
});

test('where the caller keeps bundles and proves them is left as it is', () => {
  const caller = { BACKUP_DIR: '/mnt/backups', BACKUP_PROVE_DATABASE_URL_FILE: '/run/prove' };
  const environment = backupEnvironment(caller, facts);
  expect(environment).toMatchObject({ BACKUP_DIR: '/mnt/backups', BACKUP_PROVE_DATABASE_URL_FILE: '/run/prove' });
  expect(environment['BACKUP_PROVE_DATABASE_URL']).toBeUndefined();
});
