import { expect, test } from 'vitest';
import { stackMigratorCommand } from './stack-migrator-command.ts';

test.each([
  ['the default folder', undefined, 'npx plimsoll migrator'],
  ['another folder', '/srv/other', 'DATA_DIR=/srv/other npx plimsoll migrator'],
  ['a folder with a space', '/my data', "DATA_DIR='/my data' npx plimsoll migrator"],
  ['a folder with a quote', "/it's", String.raw`DATA_DIR='/it'\''s' npx plimsoll migrator`],
])('the command for %s finds the same stack when it is pasted', (_, dataDir, command) => {
  expect(stackMigratorCommand(dataDir)).toBe(command);
});
