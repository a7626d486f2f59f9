import { expect, test } from 'vitest';
import { Secret } from '../base/index.ts';
import { scannerEnvironment } from './scanner.ts';

const facts = { address: { host: '0.0.0.0', port: 8081 }, dataDir: '/data', token: new Secret('ple_token') };

test('the local scanner is told its manager, its folder and its token', () => {
  expect(scannerEnvironment({ PATH: '/bin', SCANNER_CONCURRENCY: '3' }, facts)).toMatchObject({
    PATH: '/bin',
    SCANNER_MANAGER_URL: 'http://127.0.0.1:8081',
    SCANNER_NAME: 'local',
    SCANNER_STATE_DIR: '/data/scanner',
    SCANNER_ENROLMENT_TOKEN: 'ple_token',
    SCANNER_CONCURRENCY: '3',
  });
});

test('the local scanner gets no secret of the manager or of the databases, nor a file that would clash with a value', () => {
  const secrets = {
    ADMIN_PASSWORD: 'a',
    SESSION_SECRET_FILE: '/run/s',
    RECOVERY_TOKEN: 'r',
    MIGRATOR_CONFIG_DATABASE_URL: 'postgres://owner/config',
    SCANNER_ENROLMENT_TOKEN: 'of another manager',
    SCANNER_ENROLMENT_TOKEN_FILE: '/run/t',
  };
  const environment = scannerEnvironment(secrets, { ...facts, token: undefined });
  expect(Object.keys(secrets).filter((name) => environment[name] !== undefined)).toEqual([]);
});
