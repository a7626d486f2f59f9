import { expect, test } from 'vitest';
import type { Found } from '../../contract/index.ts';
import { toCsv } from './csv.ts';

const found: Found = {
  jobId: 'j',
  scanId: 's',
  scannerId: 'c',
  scannerName: 'dmz-1',
  address: 'db.internal:443',
  foundAt: '2026-11-22T20:00:00.000Z',
  certificateExpiresAt: null,
  certificateDaysLeft: -3,
  finding: { kind: 'http', status: 200, redirects: [], headersMissing: [], server: null, latencyMs: 1, error: null },
};

function withServer(server: string): string {
  return (
    toCsv([{ ...found, finding: { ...found.finding, kind: 'http', server } as Found['finding'] }]).split('\r\n')[1] ??
    ''
  );
}

test('findings become lines under a heading', () => {
  expect(toCsv([found])).toBe(
    'address,kind,found_at,summary,certificate_expires_at,certificate_days_left,error,scanner\r\n' +
      'db.internal:443,http,2026-11-22T20:00:00.000Z,200,,-3,,dmz-1\r\n',
  );
});

test('commas, quotes and line ends are quoted', () => {
  expect(withServer('a "b", c')).toContain('"200 a ""b"", c"');
});

test('what a spreadsheet would run as a formula is text', () => {
  const line = toCsv([
    { ...found, finding: { ...found.finding, kind: 'http', status: null, server: '=cmd()' } as Found['finding'] },
  ]);
  expect(line).toContain(",'=cmd(),");
});
