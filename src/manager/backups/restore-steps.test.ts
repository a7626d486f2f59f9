import { expect, test } from 'vitest';
import { restoreSteps } from './restore-steps.ts';

const id = '20261122T163000Z-1b2c3d4e';
const commands = (bundle: Parameters<typeof restoreSteps>[0]): string[] =>
  restoreSteps(bundle, 'npx plimsoll migrator').map(({ command }) => command);

test('a proven bundle is looked at, restored, taken back or confirmed, in this order', () => {
  expect(commands({ id, encrypted: false, state: 'proven' })).toEqual([
    `npx plimsoll backup restore ${id} --dry-run`,
    `npx plimsoll backup restore ${id}`,
    'npx plimsoll backup restore --back',
    'npx plimsoll backup restore --forget',
  ]);
});

test.each(['completed', 'damaged'] as const)('a %s bundle is verified first, which a restore asks for', (state) => {
  expect(commands({ id, encrypted: false, state })[0]).toBe(`npx plimsoll backup verify ${id}`);
});

test('an encrypted bundle needs the private key at each reading of it', () => {
  const [dryRun, restore, back] = commands({ id, encrypted: true, state: 'verified' });
  expect([dryRun, restore]).toEqual([
    `npx plimsoll backup restore ${id} --dry-run --identity key.txt`,
    `npx plimsoll backup restore ${id} --identity key.txt`,
  ]);
  expect(back).not.toContain('identity');
});
