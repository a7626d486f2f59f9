import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parsePostgresUrl } from '../../src/base/index.ts';
import { settings } from '../../src/settings/index.ts';

const compose = readFileSync('compose.yaml', 'utf8');
const outbound = readFileSync('compose.outbound.yaml', 'utf8');
const firstMatches = (pattern: RegExp, text: string): string[] =>
  [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))].sort();

function deployment(...words: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-deploy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync('deploy', join(folder, 'deploy'), { recursive: true });
  const makeSecrets = (): string =>
    execFileSync(join('deploy', 'make-secrets'), words, { cwd: folder, encoding: 'utf8' });
  const read = (name: string): string => readFileSync(join(folder, 'secrets', name), 'utf8');
  return { folder: join(folder, 'secrets'), said: makeSecrets(), makeSecrets, read };
}

test('one command makes every secret that the compose file names, and none besides', () => {
  const { folder } = deployment();
  const named = firstMatches(/\.\/secrets\/(\w+)/g, compose);
  expect(named.length).toBeGreaterThan(15);
  expect(readdirSync(folder).toSorted()).toEqual(named);
});

test('the folder of the secrets is for its owner alone, and what is mounted from it can be read by any user of a container', () => {
  const { folder } = deployment();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
  expect(new Set(modes)).toEqual(new Set([0o444]));
});

test('a secret that is there stays; one that was removed is made anew; the password is shown when it is made', () => {
  const { said, folder, makeSecrets, read } = deployment();
  const [password, session] = [read('admin_password'), read('session_secret')];
  expect(said).toContain(password);
  rmSync(join(folder, 'session_secret'));
  expect(makeSecrets()).toMatch(/^1 made .*\n$/);
  expect(read('admin_password')).toBe(password);
  expect(read('session_secret')).not.toBe(session);
});

test('the URLs are ones that the product takes, of the hosts that were named', () => {
  const { folder, read } = deployment('--host', 'jobs=pg1.example.org:5433', '--query', 'sslmode=verify-full');
  const urls = readdirSync(folder).filter((name) => name.endsWith('_url') && name !== 'backup_s3_url');
  expect(urls).toHaveLength(13);
  expect(urls.flatMap((name) => (parsePostgresUrl(read(name)) as { problem?: string }).problem ?? [])).toEqual([]);
  expect(read('jobs_owner_url')).toBe(
    `postgres://plimsoll_owner:${read('owner_password')}@pg1.example.org:5433/jobs?sslmode=verify-full`,
  );
  expect(read('config_app_url')).toContain('@postgres:5432/config');
});

test('a server with standbys is named by all its hosts', () => {
  const { read } = deployment('--host', 'config=pg1:5432,pg2:5432', '--query', 'target_session_attrs=read-write');
  expect(read('config_app_url')).toBe(
    `postgres://plimsoll_app:${read('app_password')}@pg1:5432,pg2:5432/config?target_session_attrs=read-write`,
  );
  expect(parsePostgresUrl(read('config_app_url'))).toMatchObject({ hosts: [{ name: 'pg1' }, { name: 'pg2' }] });
});

test('every variable that the compose file gives to a part of the product is a setting of it', () => {
  const names = firstMatches(/^ {2,6}([A-Z][A-Z0-9_]+):/gm, compose);
  const ofOthers = new Set(['POSTGRES_PASSWORD_FILE', 'PGDATA', 'PLIMSOLL_DATABASES']);
  const known = new Set(
    Object.entries(settings).flatMap(([name, { secret }]) => (secret ? [name, `${name}_FILE`] : [name])),
  );
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !known.has(name) && !ofOthers.has(name))).toEqual([]);
});

test('managers that reach out are given every setting of single sign-on and of notifications', () => {
  const given = firstMatches(/^ {6}([A-Z_]+):/gm, outbound).map((name) => name.replace(/_FILE$/, ''));
  const wanted = Object.keys(settings).filter((name) => /^(OIDC|NOTIFY)_/.test(name));
  expect(given.toSorted()).toEqual(wanted.toSorted());
  const [named, mounted] = [/secrets: \[(.*)\]/, /^ {2}(\w+): \{ file: /gm].map((pattern) =>
    firstMatches(new RegExp(pattern, 'gm'), outbound),
  );
  expect(named?.[0]?.split(', ').toSorted()).toEqual(mounted);
});

test('every build argument that the compose file passes on is one of the Dockerfile', () => {
  const known = firstMatches(/^ARG (\w+)/gm, readFileSync('Dockerfile', 'utf8'));
  expect(buildArguments().length).toBeGreaterThan(2);
  expect(known).toEqual(expect.arrayContaining([...buildArguments()]));
});

function buildArguments(): readonly string[] {
  const list = /args: \[(.*)\]/.exec(compose)?.[1] ?? '';
  return firstMatches(/(\w+)/g, list);
}

test('no secret is written into the compose file itself', () => {
  expect(compose + outbound).not.toMatch(
    /(PASSWORD|SECRET|TOKEN|URL): +(?!http:\/\/(backup|proxy):|\$\{OIDC_ISSUER_URL:-\})\S/,
  );
});
