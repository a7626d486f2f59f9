import { describe, expect, test } from 'vitest';
import { helpPages } from '../../help/index.ts';
import { anchorOf, searchHelp } from './search.ts';

const pages = Object.values(helpPages);
const first = (question: string) => {
  const [hit] = searchHelp(pages, question);
  return hit && `${hit.page}: ${hit.title}`;
};

describe('the search over the help', () => {
  test.each([
    ['last backup', 'home: Last backup'],
    ['enrol a scanner', 'scanners: Enrol a scanner'],
    ['forgotten password', 'users: Help somebody who has forgotten the password'],
    ['REVOKE token hands', 'tokens: End a token that has got into wrong hands'],
    ['/api/admin/audit', 'audit: GET /api/admin/audit'],
    ['written late', 'audit: See who came in while the config database was down'],
  ])('finds for “%s” first: %s', (question, place) => {
    const found = searchHelp(pages, question).map(({ page, title }) => `${page}: ${title}`);
    expect(found).toContain(place);
  });

  test('wants every word, in whatever order and case', () => {
    expect(searchHelp(pages, 'gate unicorn')).toEqual([]);
    expect(searchHelp(pages, 'Backup Last')).toEqual(searchHelp(pages, 'last backup'));
  });

  test('puts what has the words in its title before what has them in its text', () => {
    expect(first('preflight')).toMatch(/Preflight$/i);
  });

  test.each(['', '   '])('finds nothing for nothing', (question) => {
    expect(searchHelp(pages, question)).toEqual([]);
  });

  test('leads to a place that is on the page', () => {
    expect(anchorOf('Get a manager to work, that is held back?')).toBe('get-a-manager-to-work-that-is-held-back');
    for (const { howTos, fields } of pages) {
      const anchors = [...howTos.map(({ title }) => anchorOf(title)), ...fields.map(({ name }) => anchorOf(name))];
      expect(new Set(anchors).size).toBe(anchors.length);
    }
  });
});
