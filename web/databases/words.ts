import type { DatabaseHealth, DatabaseHealthReport, DatabaseName, ThresholdUnit } from '../../src/contract/index.ts';
import { size } from '../parts/size.ts';
import { span } from '../parts/time.ts';

/** A measured length of time: `0.4 s`, `12 s`, `43 min`; `not shown` where the role may not see it. */
export function spanOf(seconds: number | null): string {
  if (seconds === null) return 'not shown';
  return seconds < 10 ? `${Math.max(0, seconds).toFixed(1)} s` : span(seconds);
}

/** `0.4 ms`, `812 ms`. */
export function millis(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** `1.9 %`, `84 %`; never rounded up to a whole that it is not. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value < 10 || value > 99 ? (Math.floor(value * 10) / 10).toFixed(1) : Math.floor(value)} %`;
}

/** `+21 MiB`, `-4 KiB`. */
export function change(bytes: number): string {
  return `${bytes < 0 ? '-' : '+'}${size(Math.abs(bytes))}`;
}

/** `1,204`. */
export function whole(count: number): string {
  return Math.round(count).toLocaleString('en');
}

const worstFirst: readonly DatabaseHealth[] = ['critical', 'unknown', 'attention', 'ok'];

/** The database that is shown: the one asked for, else the one that is worst off. */
export function chosenOf(
  databases: readonly DatabaseHealthReport[],
  wanted: DatabaseName | '' | undefined,
): DatabaseHealthReport | undefined {
  const asked = databases.find(({ name }) => name === wanted);
  if (asked !== undefined) return asked;
  const rank = ({ status }: DatabaseHealthReport): number => worstFirst.indexOf(status);
  return databases.toSorted((left, right) => rank(left) - rank(right))[0];
}

const amounts: Readonly<Record<ThresholdUnit, (value: number) => string>> = {
  seconds: (value) => (value === 0 ? 'always' : span(value)),
  milliseconds: (value) => `${value} ms`,
  // As round as they were set, in the decimal units of the documentation.
  bytes: (value) => (value === 0 ? 'always' : value < 1e9 ? `${value / 1e6} MB` : `${value / 1e9} GB`),
  share: (value) => `${Math.round(value * 100)} %`,
  times: (value) => `${value} times`,
  count: (value) => (value === 1 ? 'any' : whole(value)),
  transactions: whole,
};

/** One number of a threshold, in its unit. */
export function amount(value: number, unit: ThresholdUnit): string {
  return amounts[unit](value);
}
