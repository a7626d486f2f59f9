import { createMemoryHistory, createRootRoute, createRouter, RouterContextProvider } from '@tanstack/react-router';
import { createElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { adminPages, mainPages } from '../web/app/pages.ts';
import { AuditView } from '../web/audit/AuditView.tsx';
import { accounts } from '../web/fixtures/accounts.ts';
import { audits } from '../web/fixtures/audits.ts';
import { postures } from '../web/fixtures/postures.ts';
import { scanStates } from '../web/fixtures/scans.ts';
import { settingStates } from '../web/fixtures/settings.ts';
import { HomeView } from '../web/home/HomeView.tsx';
import { SettingsView } from '../web/settings/SettingsView.tsx';
import { apiTokenLooks } from '../web/tokens/state.ts';
import { TokensView } from '../web/tokens/TokensView.tsx';
import { UsersView } from '../web/users/UsersView.tsx';
import { auditHelp } from './audit.ts';
import { homeHelp } from './home.ts';
import { helpPages } from './index.ts';
import { settingsHelp } from './settings.ts';
import { tokensHelp } from './tokens.ts';
import { usersHelp } from './users.ts';

/** Where the browser is, which a first target is taken from. */
Object.assign(globalThis, { location: new URL('http://127.0.0.1:8080') });

/** The views have links, which need a router around them. */
function render(children: ReactNode): string {
  const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() });
  return renderToStaticMarkup(createElement(RouterContextProvider, { router, children }));
}

const ignore = () => undefined;
const { unread } = audits;
const { scans, findings } = scanStates.underWay;

const views = [
  {
    help: homeHelp,
    page: render(
      createElement(HomeView, {
        posture: postures.empty,
        scans,
        scansError: null,
        newest: scans[0],
        findings,
        may: { scan: true, administer: true },
      }),
    ),
  },
  {
    help: auditHelp,
    page: [unread, audits.some]
      .map((log) =>
        render(createElement(AuditView, { log, search: {}, busy: false, onSearch: ignore, onPage: ignore })),
      )
      .join('\n'),
  },
  { help: usersHelp, page: render(createElement(UsersView, { users: accounts.few.users, self: 'admin' })) },
  { help: tokensHelp, page: render(createElement(TokensView, { tokens: accounts.few.tokens })) },
  { help: settingsHelp, page: render(createElement(SettingsView, { settings: settingStates.some })) },
];

describe.each(views)('the help of $help.title', ({ help, page }) => {
  const fieldsOnPage = new Set([...page.matchAll(/data-field="([^"]+)"/g)].map((match) => match[1]));

  test.each(help.fields)('explains a field that stands on the page: $name', ({ name }) => {
    expect(page).toMatch(new RegExp(`<(h2|th|dt)[^>]*>${name}</`));
  });

  test('explains every field that stands on the page', () => {
    expect(new Set(help.fields.map(({ name }) => name))).toEqual(fieldsOnPage);
  });
});

test.each(Object.values(apiTokenLooks))('the help of Tokens says what the state $word means', ({ word }) => {
  expect(tokensHelp.fields.find(({ name }) => name === 'State')?.description).toContain(`“${word}”`);
});

test('each page of the navigation has its help, and each help its page', () => {
  expect([...mainPages, ...adminPages].map(({ help }) => help)).toEqual(Object.keys(helpPages));
});

test.each(Object.values(helpPages))('$title has all five parts, and each related page is one that exists', (help) => {
  for (const part of [help.fields, help.howTos, help.gotchas, help.apiCalls, help.related])
    expect(part.length).toBeGreaterThan(0);
  const titles = new Map(Object.values(helpPages).map(({ page, title }) => [page, title]));
  for (const { page, title } of help.related) expect(`${page} ${title}`).toBe(`${page} ${titles.get(page)}`);
});
