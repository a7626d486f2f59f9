import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { databaseStates } from '../web/fixtures/databases.ts';
import { DatabasesView } from '../web/databases/DatabasesView.tsx';
import { healthLooks, severityLooks } from '../web/databases/looks.ts';
import { databaseStatusHelp } from './database-status.ts';

const view = { status: databaseStates.troubled, wanted: undefined, onChoose: () => undefined };
const page = renderToStaticMarkup(createElement(DatabasesView, view));
const fieldsOnPage = new Set([...page.matchAll(/data-field="([^"]+)"/g)].map((match) => match[1]));

function describedAt(field: string): string {
  return databaseStatusHelp.fields.find(({ name }) => name === field)?.description ?? '';
}

describe('the help of Admin > Database Status', () => {
  test.each(databaseStatusHelp.fields)('explains a field that stands on the page: $name', ({ name }) => {
    expect(fieldsOnPage).toContain(name);
    expect(page).toMatch(new RegExp(`<h2[^>]*>${name}</`));
  });

  test('explains every field that stands on the page, in their order', () => {
    expect(databaseStatusHelp.fields.map((field) => field.name)).toEqual([...fieldsOnPage]);
  });

  test('says what each status means, and what is no fault', () => {
    for (const { word } of Object.values(healthLooks)) expect(describedAt('Databases')).toContain(`“${word}”`);
    expect(describedAt('Out of order')).toContain(`“${severityLooks.info.word}”`);
  });
});
