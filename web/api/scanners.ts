import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  EnrolmentTokenEntry,
  ListedScannerEntry,
  MadeEnrolmentToken,
  ScannerList,
  ScannerListQuery,
} from '../../src/contract/index.ts';
import { readJson, request, sendJson } from './http.ts';
import { readLive } from './live.ts';

/** How often Admin > Scanners asks: scanners themselves report in less often than that. */
export const fleetPollSeconds = 5;

/** Which scanners are wanted and in which order, as the query of the call; what is absent does not matter. */
export type WantedScanners = Readonly<Partial<Record<keyof ScannerListQuery, string>>>;

const scannersPath = '/api/admin/scanners';
const tokensPath = '/api/admin/enrolment-tokens';

/** A page of the fleet with the census, asked for again and again while the page is visible. */
export function scannersQuery(wanted: WantedScanners) {
  const query = new URLSearchParams(Object.entries(wanted)).toString();
  return queryOptions({
    queryKey: ['scanners', query],
    queryFn: async ({ signal }) =>
      await readLive<ScannerList>(query === '' ? scannersPath : `${scannersPath}?${query}`, signal),
    refetchInterval: fleetPollSeconds * 1000,
    refetchOnWindowFocus: 'always',
    placeholderData: keepPreviousData,
  });
}

/** One scanner, asked for again and again while it is looked at. */
export function scannerQuery(id: string) {
  return queryOptions({
    queryKey: ['scanners', 'one', id],
    queryFn: async ({ signal }) =>
      (await readJson(await request(`${scannersPath}/${id}`, { signal }))) as ListedScannerEntry,
    refetchInterval: fleetPollSeconds * 1000,
    refetchOnWindowFocus: 'always',
  });
}

/** The enrolment tokens, newest first. */
export const enrolmentTokensQuery = queryOptions({
  queryKey: ['enrolment-tokens'],
  queryFn: async ({ signal }): Promise<readonly EnrolmentTokenEntry[]> => {
    const { tokens } = (await readJson(await request(tokensPath, { signal }))) as {
      readonly tokens: readonly EnrolmentTokenEntry[];
    };
    return tokens;
  },
  refetchInterval: fleetPollSeconds * 1000,
  refetchOnWindowFocus: 'always',
});

/** Gives a scanner another name. */
export async function renameScanner(id: string, name: string): Promise<void> {
  await sendJson('PATCH', `${scannersPath}/${id}`, { name });
}

/** Has a scanner given a new credential at its next heartbeat. */
export async function rotateScanner(id: string): Promise<void> {
  await request(`${scannersPath}/${id}/rotate`, { method: 'POST' });
}

/** Ends a scanner's credential for good. */
export async function revokeScanner(id: string): Promise<void> {
  await request(`${scannersPath}/${id}/revoke`, { method: 'POST' });
}

/** What a new enrolment token is to be good for. */
export interface NewEnrolmentToken {
  readonly note: string;
  readonly maxUses: number;
  readonly validHours: number;
}

/** Makes an enrolment token; its text is in this answer and nowhere else. */
export async function makeEnrolmentToken(token: NewEnrolmentToken): Promise<MadeEnrolmentToken> {
  return (await readJson(await sendJson('POST', tokensPath, token))) as MadeEnrolmentToken;
}

/** Ends an enrolment token; scanners that enrolled with it stay. */
export async function revokeEnrolmentToken(id: string): Promise<void> {
  await request(`${tokensPath}/${id}`, { method: 'DELETE' });
}
