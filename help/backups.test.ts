import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { bundleStates } from '../src/contract/index.ts';
import { rowOf } from '../src/manager/backups/row.ts';
import { BackupsView } from '../web/backups/BackupsView.tsx';
import { backups } from '../web/fixtures/backups.ts';
import { backupsHelp } from './backups.ts';

const { status, bundles, broken } = backups.behind;
const ignore = () => undefined;
const heard = { saidAt: 0, silence: null };
const view = createElement(BackupsView, {
  status: { said: status, ...heard },
  list: { said: { bundles: bundles.map(rowOf), broken: [...broken] }, ...heard },
  run: null,
  showsAll: true,
  onShowAll: ignore,
  onOpen: ignore,
  onTake: ignore,
  onProveKey: ignore,
  mayChange: true,
  onSaid: ignore,
});
const page = renderToStaticMarkup(createElement(QueryClientProvider, { client: new QueryClient() }, view));
const fieldsOnPage = new Set([...page.matchAll(/data-field="([^"]+)"/g)].map((match) => match[1]));

describe('the help of Admin > Backups', () => {
  test.each(backupsHelp.fields)('explains a field that stands on the page: $name', ({ name }) => {
    expect(fieldsOnPage).toContain(name);
    expect(page).toMatch(new RegExp(`<(h2|th|dt)[^>]*>${name}</`));
  });

  test('explains every field that stands on the page', () => {
    expect(new Set(backupsHelp.fields.map((field) => field.name))).toEqual(fieldsOnPage);
  });

  test.each(bundleStates)('says what the state %s means', (state) => {
    const about = backupsHelp.fields.find((field) => field.name === 'State');
    expect(about?.description).toContain(`“${state}”`);
  });
});
