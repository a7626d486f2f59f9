import { chmodSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../base/index.ts';
import { openStateFolder, readIdentity, writeIdentity } from './identity.ts';

const identity = { scannerId: 'one', credential: new Secret('pls_secret') };

function stateFolder(): string {
  return mkdtempSync(join(tmpdir(), 'plimsoll-state-'));
}

test('an identity is read as it was written', async () => {
  const folder = stateFolder();
  expect(await readIdentity(folder)).toBeUndefined();
  await writeIdentity(folder, identity);
  const found = await readIdentity(folder);
  expect(found?.scannerId).toBe('one');
  expect(found?.credential.reveal()).toBe('pls_secret');
});

test('the credential is for its owner alone, also after it was replaced', async () => {
  const folder = join(stateFolder(), 'deep', 'down');
  await openStateFolder(folder);
  await writeIdentity(folder, identity);
  chmodSync(join(folder, 'credential.json'), 0o644);
  await writeIdentity(folder, { ...identity, credential: new Secret('pls_other') });
  expect(statSync(join(folder, 'credential.json')).mode % 0o1000).toBe(0o600);
  expect(statSync(folder).mode % 0o1000).toBe(0o700);
  expect(readdirSync(folder)).toEqual(['credential.json']);
});

test.each([
  ['cut off', '{"scannerId":"one","credential":"pls_sec'],
  ['empty', ''],
  ['of another shape', '{"credential":"pls_secret"}'],
])('a credential file that is %s is named without its content', async (_case, text) => {
  const folder = stateFolder();
  writeFileSync(join(folder, 'credential.json'), text);
  const error: unknown = await readIdentity(folder).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'scanner_state_unusable',
    message: `${folder}/credential.json is not a credential file`,
  });
  expect(inspect(error)).not.toContain('pls_');
});

test('a state folder that cannot be made is named', async () => {
  const file = join(stateFolder(), 'file');
  writeFileSync(file, '');
  await expect(openStateFolder(join(file, 'state'))).rejects.toMatchObject({ code: 'scanner_state_unusable' });
});
