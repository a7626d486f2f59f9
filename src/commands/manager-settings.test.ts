import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settings } from '../settings/index.ts';
import { shownSettings } from './manager.ts';

/** The command and the files beside it that it is put together from. */
function sources(): string[] {
  const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');
  const command = read('manager.ts');
  return [command, ...[...command.matchAll(/from '\.\/([\w-]+\.ts)'/g)].map((match) => read(match[1] ?? ''))];
}

/** Of other roles on the same databases, whose URLs are resolved in the same place. */
const ofOthers = /^(MIGRATOR|BACKUP)_(CONFIG|RESULTS|JOBS)_DATABASE_URL$/;

test('Admin > Settings shows every setting that a manager reads', () => {
  const named = sources().flatMap((text) => [...text.matchAll(/'([A-Z][A-Z0-9_]+)'/g)].map((match) => match[1] ?? ''));
  const read = named.filter((name) => Object.hasOwn(settings, name) && !ofOthers.test(name));
  expect(new Set<string>(shownSettings)).toEqual(new Set(read));
});
