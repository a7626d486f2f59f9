import { shellWord } from '../base/index.ts';
import type { DatabaseTarget } from '../postgres/index.ts';

/** A command line that runs SQL in a database; the password is asked for, or comes from ~/.pgpass. */
export function psqlCommand(
  { label }: DatabaseTarget,
  sql: string,
  instead: { readonly user?: string; readonly database?: string } = {},
): string {
  const [, ownUser = '', host = '', ownDatabase = ''] = /^([^@]*)@(.*)\/([^/]*)$/.exec(label) ?? [];
  const { user = ownUser, database = decodeURIComponent(ownDatabase) } = instead;
  if (host.includes(','))
    return ['psql', shellWord(toPrimary(host, { user, database })), '-c', shellWord(sql)].join(' ');
  const [, name = host, port] = /^(.*):(\d+)$/.exec(host) ?? [];
  const where = [
    ['-h', name],
    ['-p', port ?? ''],
    ['-U', user],
    ['-d', database],
  ].filter(([, value]) => value !== '');
  return ['psql', ...where.flatMap(([flag = '', value = '']) => [flag, shellWord(value)]), '-c', shellWord(sql)].join(
    ' ',
  );
}

/** With several hosts psql finds the primary itself. Source: PostgreSQL manual, libpq, connection strings. */
function toPrimary(hosts: string, { user, database }: { readonly user: string; readonly database: string }): string {
  const places = hosts.split(',').map((place) => /^(.*):(\d+)$/.exec(place) ?? [place, place, '']);
  const words = [
    ['host', places.map(([, name = '']) => name.replaceAll(/^\[|\]$/g, '')).join(',')],
    ['port', places.map(([, , port = '']) => port).join(',')],
    ['user', user],
    ['dbname', database],
    ['target_session_attrs', 'primary'],
  ].filter(([, value]) => value !== '');
  const quoted = (value: string): string =>
    /^[\w.,:/-]+$/.test(value) ? value : `'${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
  return words.map(([name, value = '']) => `${name}=${quoted(value)}`).join(' ');
}

/** Bytes as a person says them: `12 MB`, `1.4 GB`. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** A span as a person says it: `45 s`, `12 min`, `3 h`, `9 days`. */
export function spanText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** A measured time, as exactly as it is worth: `80 ms`, `4.2 s`, `41 s`, `12 min`. */
export function durationText(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : spanText(seconds);
}

/** An instant: `2026-11-22 02:10Z`. */
export function instantText(at: Date | string): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

/** `1 migration`, `2 migrations`, `1,200 rows`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listText(words: readonly string[], shown = 3): string {
  if (words.length > shown + 1) return `${words.slice(0, shown).join(', ')} and ${words.length - shown} more`;
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A migration as its file is named: `0042_add_x`. */
export function migrationText({ version, name }: { readonly version: number; readonly name: string }): string {
  return `${String(version).padStart(4, '0')}_${name}`;
}
