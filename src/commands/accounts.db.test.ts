import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/testkit/index.ts';
import { isPassword } from '../accounts/index.ts';
import { Secret } from '../base/index.ts';
import { runCommandLine } from './run.ts';

const good = 'a long enough password';
let databases: TestDatabases;

beforeAll(async () => {
  databases = await createTestDatabases({ migrated: true });
});
afterAll(async () => await databases[Symbol.asyncDispose]());

/** Input that was piped in, or typed on a terminal. */
function input(chunks: readonly string[], isTTY: boolean): () => NodeJS.ReadableStream {
  return () => Object.assign(Readable.from(chunks), { isTTY, setRawMode: () => undefined });
}

async function run(argv: readonly string[], openStdin?: () => NodeJS.ReadableStream, from: TestDatabases = databases) {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  const urls = from.urls('app');
  const code = await runCommandLine({
    argv,
    environment: {
      OPERATOR: 'ada',
      CONFIG_DATABASE_URL: urls.config.reveal(),
      RESULTS_DATABASE_URL: urls.results.reveal(),
      JOBS_DATABASE_URL: urls.jobs.reveal(),
    },
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    cwd: '/nowhere',
    ...(openStdin === undefined ? {} : { openStdin }),
  });
  return { code, ...written };
}

async function storedPassword(username: string): Promise<string> {
  const [row] = await databases.config.query('app', 'select password_hash from users where username = $1', [username]);
  return String(row?.['password_hash']);
}

async function auditOf(subject: string): Promise<unknown[]> {
  const text = 'select actor, actor_method, action from audit_events where subject = $1 order by id';
  return (await databases.config.query('app', text, [subject])).map((row) => Object.values(row).join(' '));
}

describe('plimsoll user', () => {
  it('adds a user with a password from standard input, lists it and leaves a line in the audit log', async () => {
    const added = await run(
      ['user', 'add', 'grace', '--role', 'auditor', '--password-stdin'],
      input([good, '\n'], false),
    );
    expect(added).toEqual({ code: 0, stdout: 'Added grace (auditor).\n', stderr: '' });
    expect(await isPassword(new Secret(good), await storedPassword('grace'))).toBe(true);
    const { stdout } = await run(['user', 'list']);
    expect(stdout).toMatch(/^NAME +ROLE +STATE +CREATED +PASSWORD SET\n/);
    expect(stdout).toMatch(/^grace +auditor +active +\d{4}-\d\d-\d\d \d\d:\d\dZ/m);
    const { users } = JSON.parse((await run(['user', 'list', '--json'])).stdout) as { users: object[] };
    expect(users).toContainEqual(expect.objectContaining({ username: 'grace', role: 'auditor', disabled: false }));
    expect(JSON.stringify(users)).not.toContain('argon2');
    expect(await auditOf('grace')).toEqual(['ada command user.created']);
  });

  it('asks twice on a terminal without showing what is typed, and takes corrections', async () => {
    await run(['user', 'add', 'alan', '--role', 'user', '--password-stdin'], input([good], false));
    const typed = input(['a NEW', '\u007F\u007F\u007Fnew long password\r', 'a new long password\r'], true);
    const changed = await run(['user', 'passwd', 'ALAN'], typed);
    expect(changed.code).toBe(0);
    expect(changed.stderr).toBe('New password for ALAN: \nThe same again: \n');
    expect(await isPassword(new Secret('a new long password'), await storedPassword('alan'))).toBe(true);
    const [row] = await databases.config.query('app', `select session_epoch from users where username = 'alan'`);
    expect(row).toEqual({ session_epoch: 2 });
  });

  it('switches a user off and on', async () => {
    await run(['user', 'add', 'edsger', '--role', 'user', '--password-stdin'], input([good], false));
    expect((await run(['user', 'disable', 'edsger'])).stdout).toContain('Switched edsger off');
    expect((await run(['user', 'list'])).stdout).toMatch(/^edsger +user +disabled/m);
    expect((await run(['user', 'enable', 'edsger', '--json'])).stdout).toBe(
      '{\n  "username": "edsger",\n  "disabled": false\n}\n',
    );
    expect(await auditOf('edsger')).toEqual([
      'ada command user.created',
      'ada command user.disabled',
      'ada command user.enabled',
    ]);
  });

  it.each([
    [
      'a name in use, in other letters',
      ['add', 'BARBARA', '--role', 'user', '--password-stdin'],
      [good],
      'user_exists',
    ],
    ['an unknown role', ['add', 'x', '--role', 'root', '--password-stdin'], [good], 'role_unknown'],
    ['no role', ['add', 'x', '--password-stdin'], [good], 'role_unknown'],
    ['a reserved name', ['add', 'Recovery', '--role', 'user', '--password-stdin'], [good], 'username_invalid'],
    ['a name with a space at its end', ['add', 'x ', '--role', 'user', '--password-stdin'], [good], 'username_invalid'],
    ['a short password', ['add', 'x', '--role', 'user', '--password-stdin'], ['short'], 'password_too_weak'],
    [
      'the name as password',
      ['add', 'barbara-liskov', '--role', 'user', '--password-stdin'],
      ['Barbara-Liskov'],
      'password_too_weak',
    ],
    ['a user who does not exist', ['passwd', 'nobody', '--password-stdin'], [good], 'user_unknown'],
    ['switching off a user who does not exist', ['disable', 'nobody'], [], 'user_unknown'],
    ['no password and no terminal', ['passwd', 'barbara'], [], 'password_missing'],
  ])('refuses %s', async (_, words, piped, code) => {
    await run(['user', 'add', 'barbara', '--role', 'user', '--password-stdin'], input([good], false));
    const refused = await run(['user', ...words], input(piped, false));
    expect(refused.code).toBe(1);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain(`[${code}]\n  → `);
  });

  it.each([
    ['add', ['add', 'grace hopper', '--role', 'user'], "user add 'grace hopper' --role user"],
    ['passwd', ['passwd', 'barbara'], 'user passwd barbara'],
  ])('refuses a pipe without the option, and shows the whole command of %s that takes one', async (_, words, shown) => {
    const refused = await run(['user', ...words], input([good], false));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--password-stdin was not given [password_missing]');
    expect(refused.stderr).toContain(`\`npx plimsoll ${shown} --password-stdin < password.txt\``);
  });

  it.each([
    ['two different passwords', ['one long password\r', 'another password\r'], 'password_mismatch'],
    ['Ctrl-C', ['half a pass\u0003'], 'cancelled'],
    ['a terminal that is closed', ['half a pass'], 'cancelled'],
  ])('changes nothing after %s', async (_, typed, code) => {
    await run(['user', 'add', 'donald', '--role', 'user', '--password-stdin'], input([good], false));
    const refused = await run(['user', 'passwd', 'donald'], input(typed, true));
    expect(refused.stderr).toContain(`[${code}]`);
    expect(await isPassword(new Secret(good), await storedPassword('donald'))).toBe(true);
  });

  it('says that the tables are missing when the migrator has not run', async () => {
    await using empty = await createTestDatabases();
    const { code, stderr } = await run(['user', 'list'], undefined, empty);
    expect(code).toBe(1);
    expect(stderr).toContain('[accounts_not_migrated]\n  → Run `npx plimsoll migrator`');
  });
});

describe('plimsoll token', () => {
  it('prints a new token alone on stdout, keeps its hash only, lists and revokes it', async () => {
    const made = await run(['token', 'create', 'monitoring', '--role', 'auditor', '--expires', '90']);
    expect(made.stdout).toMatch(/^plm_[\w-]{43}\n$/);
    expect(made.stderr).toContain('It is shown once');
    const [row] = await databases.config.query('app', 'select * from api_tokens');
    expect(JSON.stringify(row)).not.toContain(made.stdout.trim());
    expect((await run(['token', 'list'])).stdout).toMatch(/^monitoring +auditor +live .* ada /m);
    expect((await run(['token', 'revoke', 'monitoring'])).stdout).toContain('Revoked the token monitoring');
    expect((await run(['token', 'list'])).stdout).toMatch(/^monitoring +auditor +revoked/m);
    expect(await auditOf('monitoring')).toEqual(['ada command token.created', 'ada command token.revoked']);
  });

  it('lets the name of a revoked token be used again, and refuses one in use', async () => {
    const create = ['token', 'create', 'deploys', '--role', 'admin', '--json'];
    expect(JSON.parse((await run(create)).stdout)).toMatchObject({ name: 'deploys', role: 'admin', expiresAt: null });
    expect(JSON.parse((await run(create)).stdout)).toMatchObject({ error: { code: 'token_exists' } });
    await run(['token', 'revoke', 'deploys']);
    expect((await run(create)).code).toBe(0);
  });

  it.each([
    ['an expiry that is no number', ['create', 'x', '--role', 'user', '--expires', 'soon'], 'token_expiry_invalid'],
    ['an expiry in the past', ['create', 'x', '--role', 'user', '--expires', '0'], 'token_expiry_invalid'],
    ['a blank name', ['create', ' ', '--role', 'user'], 'token_name_invalid'],
    ['revoking what is not there', ['revoke', 'nothing'], 'token_unknown'],
  ])('refuses %s', async (_, words, code) => {
    const refused = await run(['token', ...words]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`[${code}]`);
  });
});
