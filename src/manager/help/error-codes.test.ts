import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderErrorCodes } from './error-codes.ts';

test('every code of docs/errors.md becomes a place that a link leads to, and no Markdown is left', () => {
  const markdown = readFileSync('docs/errors.md', 'utf8');
  const page = renderErrorCodes(markdown);
  const codes = Array.from(markdown.matchAll(/^### (\w+)$/gm), ([, code]) => code);
  expect(codes.length).toBeGreaterThan(100);
  expect(Array.from(page.matchAll(/<h3 id="(\w+)">/g), ([, id]) => id)).toEqual(codes);
  expect(page).not.toMatch(/^#|`/m);
});

test('what looks like HTML in a paragraph is shown as it is', () => {
  expect(renderErrorCodes('# A & B\n\nGive `--to <N>` or "none".\n')).toContain(
    '<h1>A &amp; B</h1>\n<p>Give <code>--to &lt;N&gt;</code> or &quot;none&quot;.</p>',
  );
});
