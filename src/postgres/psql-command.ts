import { shellWord } from '../base/index.ts';
import type { DatabaseTarget } from './classify.ts';

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
