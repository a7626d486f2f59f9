import { expect, test } from 'vitest';
import { databaseNames } from '../../src/contract/index.ts';
import { createTestDatabases } from '../testkit/index.ts';
import { createProgram } from './program.ts';
import { createMixedRelease, findFaults } from './releases.ts';

test('twenty migrators at once on empty databases all succeed, and every migration is applied exactly once', async () => {
  using program = await createProgram();
  using release = createMixedRelease();
  await using databases = await createTestDatabases();
  const runs = Array.from({ length: 20 }, async () => await program.start(databases, release).ended);
  const ended = await Promise.all(runs);
  expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  const faults = await Promise.all(databaseNames.map(async (name) => await findFaults(databases, release, name)));
  expect(faults.flat()).toEqual([]);
  const applied = ended
    .map(({ output }) => output)
    .join('')
    .match(/applied \d+ migrations/g);
  expect(applied).toHaveLength(databaseNames.length);
});
