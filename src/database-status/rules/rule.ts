import type { Breach, DatabaseName, DatabaseSections } from '../../contract/index.ts';
import type { Commands } from '../commands.ts';
import { severityOf, thresholds, type ThresholdCode } from '../thresholds.ts';

/** What the rules judge: what was read last of one database, and the words for it. */
export interface Subject {
  readonly name: DatabaseName;
  readonly sections: DatabaseSections;
  readonly commands: Commands;
}

/** Looks at what was read, and tells what is beyond a threshold. */
export type Rule = (subject: Subject) => readonly Breach[];

/** A breach of one threshold; nothing when the measured value is in order. */
export function breachOf(
  code: ThresholdCode,
  measured: number,
  tell: () => { readonly message: string; readonly remedy: string },
): Breach[] {
  const severity = severityOf(code, measured);
  return severity === null ? [] : [{ code, severity, section: thresholds[code].section, ...tell() }];
}

/** `pid 4711 (psql)`; 0 is a prepared transaction, which has no session. */
export function whoText(pid: number, application?: string): string {
  if (pid === 0) return 'a prepared transaction';
  return application === undefined ? `pid ${pid}` : `pid ${pid} (${application})`;
}

/** SQL that ends these sessions. */
export function terminateSql(pids: readonly number[]): string {
  return `select ${[...new Set(pids)].map((pid) => `pg_terminate_backend(${pid})`).join(', ')}`;
}

/** `54 %`, `less than 1 %`. */
export function percentText(share: number): string {
  return share < 0.01 ? 'less than 1 %' : `${Math.floor(share * 100)} %`;
}
