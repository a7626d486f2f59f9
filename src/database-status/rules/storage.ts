import { countText, spanText } from '../../base/index.ts';
import type { HorizonHolder } from '../../contract/index.ts';
import type { Commands } from '../commands.ts';
import { breachOf, percentText, terminateSql, whoText, type Rule } from './rule.ts';

/** Fewer dead rows than this are never worth anybody's time. */
const fewRows = 10_000;
/** A ratio of fewer blocks than these says nothing. */
const fewBlocks = 100_000;

const horizonHeld: Rule = ({ name, sections: { horizon }, commands }) => {
  const [oldest] = horizon.value?.holders ?? [];
  if (oldest === undefined) return [];
  return breachOf('horizon_held', oldest.age, () => ({
    message: `${holderText(oldest)} keeps every row of ${name} that died in the last ${countText(oldest.age, 'transaction')}`,
    remedy: releaseCommand(oldest, commands),
  }));
};

function holderText({ kind, name, pid, seconds }: HorizonHolder): string {
  const since = seconds === null ? '' : `, open for ${spanText(seconds)},`;
  if (kind === 'slot') return `the replication slot ${name}`;
  if (kind === 'standby') return `the standby ${name}`;
  if (kind === 'prepared') return `the prepared transaction ${name}${since}`;
  return `${kind === 'client' ? '' : `a ${kind}, `}${whoText(pid ?? 0, name)}${since}`;
}

function releaseCommand({ kind, name, pid }: HorizonHolder, commands: Commands): string {
  const text = `'${name.replaceAll("'", "''")}'`;
  if (kind === 'slot') return commands.onServer(`select pg_drop_replication_slot(${text})`);
  if (kind === 'prepared') return commands.inDatabase(`rollback prepared ${text}`);
  if (kind === 'standby') return 'Switch hot_standby_feedback off on the standby, or end its long query there.';
  return kind === 'dump'
    ? 'Let it end, or give it up on Admin > Backups.'
    : commands.inDatabase(terminateSql([pid ?? 0]));
}

const deadRows: Rule = ({ sections: { vacuum }, commands }) =>
  (vacuum.value?.tables ?? [])
    .filter(({ deadRows: rows, beingVacuumed }) => rows >= fewRows && !beingVacuumed)
    .flatMap(({ table, deadRows: rows, comesAt, autovacuum }) =>
      breachOf('dead_rows', rows / Math.max(1, comesAt), () => ({
        message: `the table ${table} has ${countText(rows, 'dead row')}, ${(rows / Math.max(1, comesAt)).toFixed(1)} times the number with which autovacuum is to come${autovacuum ? '' : '; it is switched off for this table'}`,
        remedy: commands.inDatabase(`vacuum (verbose, analyze) ${table}`),
      })),
    );

const autovacuumOff: Rule = ({ sections: { vacuum }, commands }) =>
  vacuum.value === null
    ? []
    : breachOf('autovacuum_off', vacuum.value.autovacuum ? 0 : 1, () => ({
        message: 'the server vacuums nothing by itself',
        // One transaction each: the first must not be in the same as anything else.
        remedy: `${commands.onServer('alter system set autovacuum = on')} -c 'alter system set track_counts = on' -c 'select pg_reload_conf()'`,
      }));

const wraparound: Rule = ({
  name,
  sections: {
    wraparound: { value },
  },
  commands,
}) =>
  value === null
    ? []
    : breachOf('wraparound', value.used, () => ({
        message: `${percentText(value.used)} of the transaction ids of ${name} are used up${value.oldest[0] === undefined ? '' : `; the oldest table is ${value.oldest[0].table}`}`,
        remedy: commands.inDatabase('vacuum (freeze, verbose)'),
      }));

const invalidIndex: Rule = ({ sections: { indexes }, commands }) =>
  (indexes.value?.invalid ?? [])
    .filter(({ beingBuilt }) => !beingBuilt)
    .flatMap(({ index, table }) =>
      breachOf('invalid_index', 1, () => ({
        message: `the index ${index} on ${table} is invalid: it costs every write and serves no query`,
        remedy: commands.inDatabase(`reindex index concurrently ${index}`),
      })),
    );

const cacheHit: Rule = ({
  name,
  sections: {
    cache: { value },
  },
  commands,
}) =>
  value === null || value.hitRatio === null || value.blocks < fewBlocks
    ? []
    : breachOf('cache_hit', value.hitRatio, () => ({
        message: `of the blocks of ${name} that were asked for, ${percentText(value.hitRatio ?? 0)} were in the server's memory`,
        remedy: commands.onServer("select name, setting, unit from pg_settings where name = 'shared_buffers'"),
      }));

/** What concerns the rows, the tables and the files. */
export const storageRules: readonly Rule[] = [wraparound, horizonHeld, deadRows, autovacuumOff, invalidIndex, cacheHit];
