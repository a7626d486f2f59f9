import type { ProtocolWindow } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';
import { isInWindow } from '../protocol/versions.ts';

/** Scanners of one binary and protocol version; revoked ones are not counted. */
export interface CensusGroup {
  readonly binaryVersion: string;
  readonly protocolVersion: number;
  readonly count: number;
  readonly online: number;
}

/** The part of a Postgres connection that reading the census needs. */
export interface CensusClient {
  query(text: string): Promise<{ readonly rows: unknown[] }>;
}

/** As many rows as there are groups, however many scanners. */
const censusSql = `select binary_version as "binaryVersion", protocol_version as "protocolVersion", registered as count, online
  from scanner_census where registered > 0 order by protocol_version desc, binary_version desc`;

/** Reads the census through a bare connection, for the posture, which keeps one of its own. */
export async function readCensus(client: CensusClient): Promise<CensusGroup[]> {
  return (await client.query(censusSql)).rows as CensusGroup[];
}

/** Reads the census through a pool. */
export async function readCensusOf(config: Queryable): Promise<CensusGroup[]> {
  return await config.query<CensusGroup & Record<string, unknown>>(censusSql);
}

export interface CensusSummary {
  readonly total: number;
  readonly inWindow: number;
  readonly outsideWindow: number;
  /** Of those outside: how many are not online now, and will come back outside. */
  readonly outsideAsleep: number;
  readonly groups: readonly (CensusGroup & { readonly inWindow: boolean })[];
}

/** The census as one window sees it; for another release's window, hand that in. */
export function summariseCensus(groups: readonly CensusGroup[], window: ProtocolWindow): CensusSummary {
  const judged = groups.map((group) => ({ ...group, inWindow: isInWindow(window, group.protocolVersion) }));
  const outside = judged.filter((group) => !group.inWindow);
  const total = sum(judged.map(({ count }) => count));
  const outsideWindow = sum(outside.map(({ count }) => count));
  return {
    total,
    inWindow: total - outsideWindow,
    outsideWindow,
    outsideAsleep: outsideWindow - sum(outside.map(({ online }) => online)),
    groups: judged,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
