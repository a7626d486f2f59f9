import { expect, test } from 'vitest';
import { Secret } from '../base/index.ts';
import { managerEnvironment } from './manager.ts';

const facts = {
  address: { host: '127.0.0.1', port: 8081 },
  dataDir: '/data',
  appUrls: {
    config: new Secret('postgres://a/config'),
    results: new Secret('postgres://a/results'),
    jobs: new Secret('postgres://a/jobs'),
  },
  monitorUrls: {
    config: new Secret('postgres://m/config'),
    results: new Secret('postgres://m/results'),
    jobs: new Secret('postgres://m/jobs'),
  },
  backupService: undefined,
  sessionSecret: new Secret('s'.repeat(32)),
  migratorCommand: 'npx plimsoll migrator',
  adminPassword: undefined,
};

test('the manager gets the app role, the one that sees statistics, and none of the stronger ones', () => {
  const environment = managerEnvironment(
    {
      MIGRATOR_CONFIG_DATABASE_URL: 'postgres://owner/config',
      SCANNER_ENROLMENT_TOKEN_FILE: '/run/t',
      LOG_LEVEL: 'warn',
    },
    facts,
  );
  expect(environment).toMatchObject({
    CONFIG_DATABASE_URL: 'postgres://a/config',
    JOBS_DATABASE_URL: 'postgres://a/jobs',
    MONITOR_JOBS_DATABASE_URL: 'postgres://m/jobs',
    PORT: '8081',
    DATA_DIR: '/data',
    LOG_LEVEL: 'warn',
    MIGRATOR_CONFIG_DATABASE_URL: undefined,
    SCANNER_ENROLMENT_TOKEN_FILE: undefined,
  });
});

test('a password that is not for the first start does not reach it, nor does a file that would clash with a value', () => {
  const caller = { ADMIN_PASSWORD: 'old', ADMIN_PASSWORD_FILE: '/run/a', SESSION_SECRET_FILE: '/run/s' };
  const environment = managerEnvironment(caller, facts);
  expect(environment).toMatchObject({
    ADMIN_PASSWORD: undefined,
    ADMIN_PASSWORD_FILE: undefined,
    SESSION_SECRET_FILE: undefined,
    SESSION_SECRET: 's'.repeat(32),
  });
});
