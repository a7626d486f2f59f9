import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { registry } from '../../src/commands/registry.ts';

const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const sources = globSync('{src,web,help}/**/*.{ts,tsx}').filter(
  (path) => !path.includes('.test.') && !path.includes('/fixtures/'),
);
const pages = globSync('{*.md,docs/**/*.md,src/**/README.md}');

test.each(folders.map((folder) => folder.name))('src/%s opens with a README of at most half a page', (folder) => {
  const readme = readFileSync(join('src', folder, 'README.md'), 'utf8');
  expect(readme.split('\n').length).toBeLessThanOrEqual(30);
});

test('no file is a drawer for odds and ends', () => {
  expect(sources.filter((path) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.tsx?$)/.test(path))).toEqual([]);
});

test('every exported function and class of the product says in a line what it gives', () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap(undocumentedExports)).toEqual([]);
});

function undocumentedExports(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const name = /^export (?:async )?(?:function\*?|class) (\w+)/.exec(line)?.[1];
    // Overloads and their implementation share the comment above the first.
    const previous = lines[index - 1] ?? '';
    if (name === undefined || previous.endsWith('*/') || previous.includes(`function ${name}(`)) return [];
    return [`${path}: ${name}`];
  });
}

test('every relative link of the documentation leads somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map((match) => join(dirname(page), match[1] ?? ''))
      .filter((target) => !existsSync(target))
      .map((target) => `${page} → ${target}`),
  );
  expect(broken).toEqual([]);
});

test('every plimsoll command that the documentation shows exists', () => {
  const names = Object.keys(registry);
  const known = (words: string): boolean =>
    names.some((name) => words === name || words.startsWith(`${name} `) || name.startsWith(`${words} `));
  const unknown = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/`(?:npx )?plimsoll ((?:[a-z]+)(?: [a-z]+)?)/g)]
      .map((match) => match[1] ?? '')
      .filter((words) => !known(words) && !known(words.split(' ')[0] ?? ''))
      .map((words) => `${page}: plimsoll ${words}`),
  );
  expect(unknown).toEqual([]);
});

test('only the settings folder reads the environment', () => {
  const readers = sources.filter((path) => /process\.env\b/.test(readFileSync(path, 'utf8')));
  expect(readers).toEqual(['src/settings/environment.ts']);
});
