import { createMemoryHistory, createRootRoute, createRouter, RouterContextProvider } from '@tanstack/react-router';
import { createElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { scanStates } from '../web/fixtures/scans.ts';
import { jobLooks } from '../web/scans/findings.ts';
import { firingLooks } from '../web/scans/schedules.ts';
import { ScheduleView } from '../web/scans/ScheduleView.tsx';
import { ScansView } from '../web/scans/ScansView.tsx';
import { ScanView } from '../web/scans/ScanView.tsx';
import { scansHelp } from './scans.ts';

const { scans, jobs, findings, schedules } = scanStates.underWay;
const shared = { search: {}, busy: false, onPage: () => undefined };
const page = [
  render(
    createElement(ScansView, {
      ...shared,
      list: { scans: [...scans], nextBefore: null },
      schedules,
      schedulesError: null,
    }),
  ),
  ...schedules.map((schedule) => render(createElement(ScheduleView, { schedule }))),
  ...scans.slice(0, 1).map((scan) => {
    const detail = { ...scan, jobs: [...jobs], nextAfter: null };
    return render(createElement(ScanView, { ...shared, scan: detail, findings, findingsError: null }));
  }),
].join('\n');
const fieldsOnPage = new Set([...page.matchAll(/data-field="([^"]+)"/g)].map((match) => match[1]));

/** The views have links, which need a router around them. */
function render(children: ReactNode): string {
  const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() });
  return renderToStaticMarkup(createElement(RouterContextProvider, { router, children }));
}

describe('the help of Scans', () => {
  test.each(scansHelp.fields)('explains a field that stands on a page: $name', ({ name }) => {
    expect(fieldsOnPage).toContain(name);
    expect(page).toMatch(new RegExp(`<(h2|th)[^>]*>${name}</`));
  });

  test('explains every field that stands on a page', () => {
    expect(new Set(scansHelp.fields.map((field) => field.name))).toEqual(fieldsOnPage);
  });

  test.each(Object.values(firingLooks))('says what the outcome $word means', ({ word }) => {
    const about = scansHelp.fields.find((field) => field.name === 'Outcome');
    expect(about?.description).toContain(`“${word}”`);
  });

  test.each(Object.values(jobLooks))('says what the state $word means', ({ word }) => {
    const about = scansHelp.fields.find((field) => field.name === 'State');
    expect(about?.description).toContain(`“${word}”`);
  });
});
