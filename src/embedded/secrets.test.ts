import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSecrets } from './secrets.ts';

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'plimsoll-secrets-'));
}

test('secrets are made once, for their owner alone, and are the same at the next start', async () => {
  const path = folder();
  const first = await loadSecrets(path, false);
  expect(statSync(join(path, 'secrets.json')).mode & 0o777).toBe(0o600);
  const second = await loadSecrets(path, true);
  expect(second.owner.reveal()).toBe(first.owner.reveal());
  expect(second.session.reveal()).toBe(first.session.reveal());
  expect(new Set([first.superuser, first.owner, first.app, first.readonly].map((secret) => secret.reveal())).size).toBe(
    4,
  );
});

test('the first password is unseen from when it is generated until somebody is shown it', async () => {
  const path = folder();
  const secrets = await loadSecrets(path, false);
  expect(secrets.unseenAdminPassword()).toBeUndefined();
  const password = (await secrets.generateAdminPassword()).reveal();
  const afterKill = await loadSecrets(path, true);
  expect(afterKill.unseenAdminPassword()?.reveal()).toBe(password);
  expect((await afterKill.generateAdminPassword()).reveal()).toBe(password);
  await afterKill.forgetAdminPassword();
  expect((await loadSecrets(path, true)).unseenAdminPassword()).toBeUndefined();
});

test('the first password does not stay on the disk once somebody was shown it', async () => {
  const path = folder();
  const secrets = await loadSecrets(path, false);
  const password = (await secrets.generateAdminPassword()).reveal();
  expect(readFileSync(join(path, 'secrets.json'), 'utf8')).toContain(password);
  await secrets.forgetAdminPassword();
  expect(readFileSync(join(path, 'secrets.json'), 'utf8')).not.toContain(password);
});

test('a file of before there were roles for proving and for monitoring gets their passwords, and keeps them', async () => {
  const path = folder();
  const first = await loadSecrets(path, false);
  const {
    provePassword: _,
    monitorPassword: __,
    ...older
  } = JSON.parse(readFileSync(join(path, 'secrets.json'), 'utf8')) as object &
    Record<'provePassword' | 'monitorPassword', string>;
  writeFileSync(join(path, 'secrets.json'), JSON.stringify(older));
  const second = await loadSecrets(path, true);
  for (const role of ['prove', 'monitor'] as const) {
    expect(second[role].reveal()).not.toBe('');
    expect((await loadSecrets(path, true))[role].reveal()).toBe(second[role].reveal());
  }
  expect(second.owner.reveal()).toBe(first.owner.reveal());
});

test('a missing file beside a cluster is an error, not a new set of passwords', async () => {
  await expect(loadSecrets(folder(), true)).rejects.toMatchObject({ code: 'secrets_unreadable' });
});

test.each(['', '{', '{"superuserPassword":"x"}'])('a damaged file (%j) is named and left as it is', async (text) => {
  const path = folder();
  writeFileSync(join(path, 'secrets.json'), text);
  await expect(loadSecrets(path, true)).rejects.toMatchObject({ code: 'secrets_unreadable' });
});
