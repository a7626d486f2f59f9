import { describe, expect, test } from 'vitest';
import { scannerListQuerySchema } from '../../src/contract/index.ts';
import { scanner } from '../fixtures/fleets.ts';
import { choicesOf, describePage, hasFilter, wantedOf } from './wanted.ts';

const after = scanner(100).id;

test('the address of the page is a question that the API understands', () => {
  const wanted = wantedOf({ text: 'dock', state: 'late', version: '1.4.0', protocol: '2', window: 'out', after });
  expect(scannerListQuerySchema.parse(wanted)).toEqual({
    search: 'dock',
    state: 'late',
    binaryVersion: '1.4.0',
    protocolVersion: 2,
    inWindow: false,
    after,
    limit: 100,
  });
});

test('an order and the further filters are asked for as the API names them', () => {
  const sorted = wantedOf({
    silent: '24',
    refused: 'yes',
    clone: 'no',
    jobs: 'no',
    sort: '-lastContact',
    after: `${after}:17`,
  });
  expect(scannerListQuerySchema.parse(sorted)).toEqual({
    silentHours: 24,
    refused: true,
    cloneSuspected: false,
    holdsJobs: false,
    sort: 'lastContact',
    descending: true,
    after: `${after}:17`,
    limit: 100,
  });
  expect(wantedOf({ sort: 'name' })).toEqual({ sort: 'name' });
});

test('an order alone is no filter', () => {
  expect(hasFilter({ sort: 'name', after, help: '1' })).toBe(false);
  expect(hasFilter({ jobs: 'no' })).toBe(true);
});

test('a filter that was cleared is not asked for', () => {
  expect(wantedOf({ text: '', state: '', version: '', protocol: '', window: '', after: '', help: '1' })).toEqual({});
});

describe('the count above the list', () => {
  const list = (nextAfter: string | null) => ({
    window: { min: 1, max: 2 },
    counts: { total: 3, inWindow: 3, outsideWindow: 0, outsideAsleep: 0, groups: [] },
    scanners: [scanner(1), scanner(2)],
    nextAfter,
  });
  test.each([
    ['2 scanners', null, {}],
    ['2 scanners found', null, { state: 'online' }],
    ['2 scanners on this page, more follow', after, { state: 'online' }],
    ['2 scanners on this page, the last', null, { after }],
  ] as const)('says "%s"', (words, nextAfter, search) => {
    expect(describePage(list(nextAfter), search)).toBe(words);
  });
});

test('a filter offers each value once, newest version first, and also one that the fleet no longer has', () => {
  expect(choicesOf(['1.9.0', '1.10.0', '1.9.0'], '0.9.0')).toEqual(['1.10.0', '1.9.0', '0.9.0']);
});
