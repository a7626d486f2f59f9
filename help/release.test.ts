import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { postures } from '../web/fixtures/postures.ts';
import { histories } from '../web/fixtures/histories.ts';
import { PostureHistoryPart } from '../web/release/PostureHistory.tsx';
import { ReleaseView } from '../web/release/ReleaseView.tsx';
import { releaseHelp } from './release.ts';

const onSearch = (): void => undefined;
const history = createElement(PostureHistoryPart, { history: histories.many, error: null, before: '', onSearch });
const view = { posture: postures.allOk, search: {}, onSearch, history };
const page = renderToStaticMarkup(createElement(ReleaseView, view));
const fieldsOnPage = new Set([...page.matchAll(/data-field="([^"]+)"/g)].map((match) => match[1]));

describe('the help of Admin > Release', () => {
  test.each(releaseHelp.fields)('explains a field that stands on the page: $name', ({ name }) => {
    expect(fieldsOnPage).toContain(name);
    expect(page).toMatch(new RegExp(`<(h2|dt)[^>]*>${name}</`));
  });

  test('explains every field that stands on the page', () => {
    expect(new Set(releaseHelp.fields.map((field) => field.name))).toEqual(fieldsOnPage);
  });

  test.each(['ok', 'behind', 'ahead', 'unknown'])('says what the schema status %s means', (status) => {
    const about = releaseHelp.fields.find((field) => field.name === 'Schema version');
    expect(about?.description).toContain(`“${status}”`);
  });
});
