import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { FindingList, NewScan, Scan, ScanDetail, ScanList } from '../../src/contract/index.ts';
import { readJson, request, sendJson } from './http.ts';
import { readLive } from './live.ts';

/** How often the Scans pages ask. */
export const scansPollSeconds = 3;
/** How many findings a page shows at most; the export has all of them. */
export const findingsShown = 200;
/** How many findings of one target its page shows at most. */
export const historyShown = 100;
const mostExported = 50_000;

export const fileFormats = ['csv', 'json'] as const;
export type FileFormat = (typeof fileFormats)[number];

const live = {
  refetchInterval: scansPollSeconds * 1000,
  refetchOnWindowFocus: 'always',
  placeholderData: keepPreviousData,
} as const;

/** A page of scans, newest first; `before` is the id of the last one of the page before, '' for the newest. */
export function scansQuery(before: string) {
  return queryOptions({
    queryKey: ['scans', before],
    queryFn: async ({ signal }) => await readLive<ScanList>(`/api/scans${before && `?before=${before}`}`, signal),
    ...live,
  });
}

/** One scan with a page of its jobs; `after` is the id of the last job of the page before, '' for the first. */
export function scanQuery(id: string, after: string) {
  return queryOptions({
    queryKey: ['scan', id, after],
    queryFn: async ({ signal }) =>
      await readLive<ScanDetail>(`/api/scans/${encodeURIComponent(id)}${after && `?after=${after}`}`, signal),
    ...live,
  });
}

/** What a scan found, certificates that expire first before all others. */
export function findingsQuery(id: string) {
  return queryOptions({
    queryKey: ['findings', id],
    queryFn: async ({ signal }) =>
      (await readLive<FindingList>(`/api/scans/${encodeURIComponent(id)}/findings?limit=${findingsShown}`, signal))
        .value,
    ...live,
  });
}

/** What was found at one address over time, newest first. */
export function historyQuery(address: string) {
  const query = new URLSearchParams({ address, limit: String(historyShown) }).toString();
  return queryOptions({
    queryKey: ['history', address],
    queryFn: async ({ signal }) => await readLive<FindingList>(`/api/findings?${query}`, signal),
    ...live,
  });
}

/** Where the findings of a scan are had as a file: all of them. */
export function findingsFile(id: string, format: FileFormat): string {
  return `/api/scans/${encodeURIComponent(id)}/findings?format=${format}&limit=${mostExported}`;
}

/** Where all that was found at one address is had as a file. */
export function historyFile(address: string, format: FileFormat): string {
  return `/api/findings?${new URLSearchParams({ address, format, limit: String(mostExported) }).toString()}`;
}

/** Asks for a scan. */
export async function createScan(scan: Pick<NewScan, 'name' | 'targets' | 'kinds'>): Promise<Scan> {
  return (await readJson(await sendJson('POST', '/api/scans', scan))) as Scan;
}

/** Cancels the jobs of a scan that have not ended. */
export async function cancelScan(id: string): Promise<void> {
  await request(`/api/scans/${encodeURIComponent(id)}/cancel`, { method: 'POST' });
}
