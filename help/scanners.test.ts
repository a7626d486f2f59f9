import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { scannerListSchema } from '../src/contract/index.ts';
import { fleets } from '../web/fixtures/fleets.ts';
import { stateLooks } from '../web/scanners/looks.ts';
import { ScannersView } from '../web/scanners/ScannersView.tsx';
import { scannersHelp } from './scanners.ts';

const { window, scanners, tokens } = fleets.three;
const counts = { total: 3, inWindow: 2, outsideWindow: 1, outsideAsleep: 0, groups: [] };
const ignore = () => undefined;
const page = renderToStaticMarkup(
  createElement(ScannersView, {
    list: scannerListSchema.parse({ window, counts, scanners, nextAfter: null }),
    search: {},
    busy: false,
    onSearch: ignore,
    onPage: ignore,
    onOpen: ignore,
    tokens: { tokens, error: null },
  }),
);
const fieldsOnPage = new Set([...page.matchAll(/data-field="([^"]+)"/g)].map((match) => match[1]));

describe('the help of Admin > Scanners', () => {
  test.each(scannersHelp.fields)('explains a field that stands on the page: $name', ({ name }) => {
    expect(fieldsOnPage).toContain(name);
    expect(page).toMatch(new RegExp(`<(h2|th)[^>]*>${name}</`));
  });

  test('explains every field that stands on the page', () => {
    expect(new Set(scannersHelp.fields.map((field) => field.name))).toEqual(fieldsOnPage);
  });

  test.each(Object.keys(stateLooks))('says what the state %s means', (state) => {
    const about = scannersHelp.fields.find((field) => field.name === 'State');
    expect(about?.description).toContain(`“${state}”`);
  });
});
