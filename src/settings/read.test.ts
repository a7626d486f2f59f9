import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError, Secret } from '../base/index.ts';
import type { SettingName } from './declarations.ts';
import { readSettings, type Environment } from './read.ts';

function problemsOf(environment: Environment, ...names: SettingName[]): readonly string[] {
  try {
    readSettings(environment, names);
  } catch (error) {
    if (error instanceof AppError) return error.details['problems'] as string[];
    throw error;
  }
  return [];
}

test('what is not set takes its default', () => {
  expect(readSettings({}, ['PORT', 'HOST', 'IMAGE_SHA', 'OPERATOR'])).toEqual({
    PORT: 8080,
    HOST: '127.0.0.1',
    IMAGE_SHA: 'unknown',
    OPERATOR: undefined,
  });
});

test('what is set wins over the default', () => {
  expect(readSettings({ PORT: '9090' }, ['PORT'])).toEqual({ PORT: 9090 });
});

test('an empty text counts as not set', () => {
  expect(readSettings({ PORT: '' }, ['PORT'])).toEqual({ PORT: 8080 });
});

test.each(['eighty', '80.5', '-1', '70000', '0x50', ' 80'])(
  'PORT=%j is refused and never becomes the default',
  (text) => {
    expect(problemsOf({ PORT: text }, 'PORT')).toEqual([
      `PORT must be a whole number from 0 to 65535, found ${JSON.stringify(text)}`,
    ]);
  },
);

test.each(['mysql://u@h/d', 'localhost:5432', 'postgres://user@host', 'postgres://user@host/'])(
  'CONFIG_DATABASE_URL=%s is refused',
  (text) => {
    expect(problemsOf({ CONFIG_DATABASE_URL: text }, 'CONFIG_DATABASE_URL')).toHaveLength(1);
  },
);

test.each(['postgres://u:p@h:5432/config', 'postgresql://u@localhost/config?host=/run/pg'])(
  '%s is a database URL',
  (text) => {
    expect(problemsOf({ CONFIG_DATABASE_URL: text }, 'CONFIG_DATABASE_URL')).toEqual([]);
  },
);

test('a wrong secret is named without its text', () => {
  const problems = problemsOf(
    { RECOVERY_TOKEN: 'short-secret', CONFIG_DATABASE_URL: 'mysql://root:s3cr3t@h/d' },
    'RECOVERY_TOKEN',
    'CONFIG_DATABASE_URL',
  );
  expect(problems).toEqual([
    'RECOVERY_TOKEN must have at least 16 characters, found 12',
    'CONFIG_DATABASE_URL must start with postgres:// or postgresql://',
  ]);
});

test.each([
  ['a token with a space in it', 'a space, a tab or a line break'],
  ['two-lines-of-one\ntoken-in-a-file', 'a space, a tab or a line break'],
  ['with-a-bell-\u0007-in-it', 'a control character'],
  ['schlüssel-des-dienstes', 'a character that is not ASCII'],
])('a token that no header can carry is refused at start by name: %j', (token, found) => {
  const problems = [`must be one word of visible ASCII characters, found ${found} in it`];
  for (const name of ['BACKUP_SERVICE_TOKEN', 'SCANNER_ENROLMENT_TOKEN'] as const)
    expect(problemsOf({ [name]: token }, name)).toEqual(problems.map((problem) => `${name} ${problem}`));
});

test('a first password too short for a user is refused, counted in characters as for any other user', () => {
  expect(problemsOf({ ADMIN_PASSWORD: 'short' }, 'ADMIN_PASSWORD')).toEqual([
    'ADMIN_PASSWORD must have at least 12 characters, found 5',
  ]);
  expect(problemsOf({ ADMIN_PASSWORD: '🔒'.repeat(11) }, 'ADMIN_PASSWORD')).toEqual([
    'ADMIN_PASSWORD must have at least 12 characters, found 11',
  ]);
  expect(problemsOf({ ADMIN_PASSWORD: '🔒'.repeat(12) }, 'ADMIN_PASSWORD')).toEqual([]);
});

test('all problems are told at once', () => {
  expect(
    problemsOf(
      { PORT: 'x', LOG_LEVEL: 'loud', BACKUP_SERVICE_URL: 'ftp://b' },
      'PORT',
      'LOG_LEVEL',
      'BACKUP_SERVICE_URL',
    ),
  ).toHaveLength(3);
});

test('a name one letter off is met with the right one', () => {
  expect(problemsOf({ OPERATER: 'kim', SESION_SECRET: 'x' }, 'PORT')).toEqual([
    'OPERATER is not a setting; did you mean OPERATOR?',
    'SESION_SECRET is not a setting; did you mean SESSION_SECRET?',
  ]);
});

test('two slips are seen through wherever they are, three are not', () => {
  expect(problemsOf({ XIMAGE_SHAS: 'x', BAKUP_DRI: 'x' }, 'PORT')).toEqual([
    'XIMAGE_SHAS is not a setting; did you mean IMAGE_SHA?',
  ]);
});

test('a PLIMSOLL_ name is never silently ignored', () => {
  expect(problemsOf({ PLIMSOLL_PORT: '1', PLIMSOLL_WHATEVER: '1' }, 'PORT')).toEqual([
    'PLIMSOLL_PORT is not a setting; did you mean PORT?',
    'PLIMSOLL_WHATEVER is not a setting; see `plimsoll --help`',
  ]);
});

test('a Kubernetes service named plimsoll stops nobody', () => {
  const links = {
    PLIMSOLL_SERVICE_HOST: '10.0.0.7',
    PLIMSOLL_SERVICE_PORT: '8080',
    PLIMSOLL_SERVICE_PORT_HTTP: '8080',
    PLIMSOLL_PORT: 'tcp://10.0.0.7:8080',
    PLIMSOLL_PORT_8080_TCP: 'tcp://10.0.0.7:8080',
    PLIMSOLL_PORT_8080_TCP_ADDR: '10.0.0.7',
  };
  expect(problemsOf(links, 'PORT')).toEqual([]);
});

test('the names that every shell has are left alone', () => {
  expect(
    problemsOf(
      { PATH: '/bin', HOME: '/', HOSTNAME: 'h', PWD: '/', TERM: 'x', LANG: 'C', PORTS: '1', npm_config_x: '1' },
      'PORT',
    ),
  ).toEqual([]);
});

test('a secret can come from a file, without its line end', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'plimsoll-settings-')), 'secret');
  writeFileSync(path, 'a-recovery-token-of-length\n');
  const { RECOVERY_TOKEN } = readSettings({ RECOVERY_TOKEN_FILE: path }, ['RECOVERY_TOKEN']);
  expect(RECOVERY_TOKEN).toBeInstanceOf(Secret);
  expect(RECOVERY_TOKEN?.reveal()).toBe('a-recovery-token-of-length');
});

test('a secret given twice is refused, whichever would have won', () => {
  expect(problemsOf({ RECOVERY_TOKEN: 'x'.repeat(20), RECOVERY_TOKEN_FILE: '/dev/null' }, 'RECOVERY_TOKEN')).toEqual([
    'RECOVERY_TOKEN is set twice: by RECOVERY_TOKEN and by RECOVERY_TOKEN_FILE; keep one',
  ]);
});

test('a secret file that is not there is named', () => {
  expect(problemsOf({ SESSION_SECRET_FILE: '/nowhere/at/all' }, 'SESSION_SECRET')[0]).toMatch(
    /^SESSION_SECRET cannot be read from its file: ENOENT/,
  );
});

test('proxies are addresses and networks, in either family', () => {
  expect(readSettings({ TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,fd00::/8' }, ['TRUSTED_PROXIES'])).toEqual({
    TRUSTED_PROXIES: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'],
  });
});

test.each(['proxy.example', '10.0.0.0/33', '::/129', '10.0.0.1/', '10.0.0.0/8/8'])(
  'TRUSTED_PROXIES=%j is refused',
  (text) => {
    expect(problemsOf({ TRUSTED_PROXIES: text }, 'TRUSTED_PROXIES')).toEqual([
      `TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, found ${JSON.stringify(text)}`,
    ]);
  },
);
