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
