import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { inject, expect, it } from 'vitest';
import { readEnvironment } from '../../src/settings/index.ts';
import { createTestDatabases, waitFor, type TestDatabases } from '../testkit/index.ts';
import { createTestManager, recoveryToken } from '../testkit/test-manager.ts';

const planted = {
  SESSION_SECRET: 'planted-session-secret-0123456789abcdef',
  RECOVERY_TOKEN: 'planted-recovery-token',
  ADMIN_PASSWORD: 'planted-admin-password',
  BACKUP_SERVICE_TOKEN: 'planted-backup-token',
} as const;

interface Program {
  readonly text: () => string;
  readonly stdout: () => string;
  readonly closed: Promise<unknown>;
  /** Ends it, and gives the exit code. */
  readonly stop: () => Promise<number | null>;
}

/** Starts `plimsoll …` with the planted secrets and collects every byte it writes. */
function start(argv: readonly string[], environment: Record<string, string>, input?: string): Program {
  const child = spawn(process.execPath, ['src/main.ts', ...argv], {
    env: { PATH: readEnvironment()['PATH'], LOG_LEVEL: 'debug', ...environment },
  });
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  return {
    text: () => stdout + stderr,
    stdout: () => stdout,
    closed: once(child, 'close'),
    stop: async () => {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}

/** Runs a command to its end and gives all that it wrote. */
async function output(argv: readonly string[], environment: Record<string, string>, input?: string): Promise<string> {
  const program = start(argv, environment, input);
  await program.closed;
  return program.text();
}

function environmentOf(databases: TestDatabases, password?: string): Record<string, string> {
  const url = (name: 'config' | 'results' | 'jobs'): string => {
    const parsed = new URL(databases.urls('app')[name].reveal());
    if (password !== undefined) parsed.password = password;
    return parsed.href;
  };
  return {
    ...planted,
    CONFIG_DATABASE_URL: url('config'),
    RESULTS_DATABASE_URL: url('results'),
    JOBS_DATABASE_URL: url('jobs'),
    PORT: '0',
    DATA_DIR: mkdtempSync(join(tmpdir(), 'plimsoll-planted-')),
  };
}

/** Every route there is, in every way that makes it fail, and the whole text of all answers. */
async function exercise(url: string): Promise<string> {
  const answers: string[] = [];
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(`${url}${path}`, init);
    const headers = [...response.headers].filter(([name]) => name !== 'set-cookie');
    answers.push(`${path} ${response.status} ${JSON.stringify(headers)} ${await response.text()}`);
    return response;
  };
  const post = async (path: string, body: string, headers = {}): Promise<Response> =>
    await call(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const cookies: string[] = [''];
  for (const credentials of [
    { username: 'admin', password: planted.ADMIN_PASSWORD },
    { recoveryToken: planted.RECOVERY_TOKEN },
    { username: 'admin', password: `${planted.ADMIN_PASSWORD} `, extra: planted.SESSION_SECRET },
    { username: 'nobody', password: planted.ADMIN_PASSWORD },
    { recoveryToken: `${planted.RECOVERY_TOKEN}x` },
    { username: 7, password: planted.ADMIN_PASSWORD },
  ]) {
    const response = await post('/api/session', JSON.stringify(credentials));
    cookies.push(response.headers.getSetCookie()[0]?.split(';')[0] ?? '');
  }
  await post('/api/session', `{"username":"admin","password":"${planted.ADMIN_PASSWORD}"`);
  await post('/api/session', '{}', { 'sec-fetch-site': 'cross-site' });
  const paths = [
    'livez',
    'readyz',
    'metrics',
    'api/openapi.json',
    'api/help',
    'api/help/x',
    'api/session',
    'api/scans',
    'api/admin/release',
    'api/admin/release/history',
    'api/admin/release/history/at?time=2027-01-01',
    'api/admin/release/evidence',
    'nothing',
    '',
  ];
  for (const cookie of new Set(cookies)) {
    for (const path of paths) await call(`/${path}`, { headers: { cookie, accept: 'text/html, */*' } });
    await post('/api/scans', '{"name":"a scan","targets":[{"host":"127.0.0.1","port":443}]}', { cookie });
  }
  await call('/api/session', {
    headers: { authorization: `Bearer plm_${planted.SESSION_SECRET.padEnd(43, 'x').slice(0, 43)}` },
  });
  return answers.join('\n');
}

async function listening(program: Program): Promise<string> {
  return await waitFor(() => /Listening on (\S+)/.exec(program.stdout())?.[1], {
    what: `the manager to listen; it said: ${program.text()}`,
    timeoutMs: 30_000,
  });
}

function expectNoSecret(text: string, secrets: Readonly<Record<string, string>>): void {
  expect(text).not.toBe('');
  for (const [name, secret] of Object.entries(secrets))
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
      expect(text.includes(form), `${name} is in: ${excerpt(text, form)}`).toBe(false);
}

function excerpt(text: string, secret: string): string {
  const at = text.indexOf(secret);
  return at === -1 ? '' : text.slice(Math.max(0, at - 200), at + 40);
}

/** What evidence holds, signed and to be read, and what is said of it. */
async function evidenceOf(environment: Record<string, string>): Promise<string> {
  const folder = join(environment['DATA_DIR'] ?? '', 'evidence');
  const said = await output(['posture', 'evidence', '--output', folder], environment);
  const envelope = readFileSync(join(folder, 'evidence.dsse.json'), 'utf8');
  const { payload } = JSON.parse(envelope) as { payload: string };
  const page = readFileSync(join(folder, 'evidence.html'), 'utf8');
  const signed = Buffer.from(payload, 'base64').toString();
  expect(signed).toContain('"migrations/config/0001_');
  expect(page).toContain('0001_create_users');
  return [said, envelope, signed, page].join('\n');
}

it('no secret is in any answer, log line or command output of a manager that works', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  const environment = environmentOf(databases);
  const program = start(['manager'], environment);
  const url = await listening(program);
  await waitFor(() => program.stdout().includes('Made the first user'), { what: 'the first user' });
  await waitFor(async () => (await fetch(`${url}/readyz`)).status === 200, { what: 'the gate to open' });
  const answers = await exercise(url);
  expect(await program.stop()).toBe(0);
  const [row] = await databases.config.query('app', 'select password_hash from users');
  const secrets = {
    ...planted,
    'the database password': inject('cluster').passwords.app,
    'the password hash': String(row?.['password_hash']),
  };
  expect(answers).toContain('200');
  expect(program.text()).toContain('session.created');
  const commands = [
    await output(['user', 'add', 'ada', '--role', 'user', '--password-stdin'], environment, planted.ADMIN_PASSWORD),
    await output(['user', 'add', 'ada', '--role', 'user', '--password-stdin'], environment, planted.ADMIN_PASSWORD),
    await output(['user', 'list', '--json'], environment),
    await output(['token', 'list', '--json'], environment),
    await output(['posture', 'history', '--json'], environment),
    await evidenceOf(environment),
    await output(['--help'], environment),
  ];
  const key = readFileSync(join(environment['DATA_DIR'] ?? '', 'evidence-key.pem'), 'utf8').split('\n')[1] ?? '';
  expect(key).toMatch(/^[A-Za-z0-9+/=]{40,}$/);
  for (const text of [answers, program.text(), ...commands])
    expectNoSecret(text, { ...secrets, 'the key that signs evidence': key });
});

it('none is in those of a manager that the databases refuse', async () => {
  await using databases = await createTestDatabases();
  const password = 'planted-wrong-database-password';
  const environment = environmentOf(databases, password);
  const program = start(['manager'], environment);
  const answers = await exercise(await listening(program));
  expect(await program.stop()).toBe(0);
  expect(answers).toContain('sign_in_unavailable');
  const command = await output(['user', 'list'], environment);
  expect(command).toContain('database_auth_failed');
  for (const text of [answers, program.text(), command]) expectNoSecret(text, { ...planted, 'the password': password });
});

it('none can be printed from the parts the manager is made of', async () => {
  await using setup = await createTestManager({ users: ['admin'] });
  await setup.signIn('admin');
  const { deps } = setup;
  const shown = [
    inspect(deps, { depth: 8, showHidden: true }),
    inspect(setup.manager.app, { depth: 4 }),
    JSON.stringify({ keys: deps.sessionKeys, token: deps.recoveryToken, password: deps.adminPassword }),
  ];
  for (const text of shown)
    expectNoSecret(text, {
      'the recovery token': recoveryToken,
      'the database password': inject('cluster').passwords.app,
      'the session key': deps.sessionKeys.revealKey().toString('hex'),
      'the session key as bytes': inspect(deps.sessionKeys.revealKey()).slice('<Buffer '.length, 60),
    });
});
