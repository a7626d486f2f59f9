import {
  databaseNames,
  type DatabasePosture,
  type PostureChange,
  type ReleasePosture,
  type VerdictStatus,
} from '../../contract/index.ts';
import { backupChanges } from './backup-changes.ts';
import { change } from './change.ts';
import { fleetChanges } from './fleet-changes.ts';

/**
 * What a reader a year later would call different; empty: the same posture. Pure. Ages, times of reading, scanners that
 * come online and go, and reasons that only inform are not changes: they would fill the history and tell nothing.
 */
export function listChanges(before: ReleasePosture | null, after: ReleasePosture): PostureChange[] {
  if (before === null) return [change('history', 'history_begun', 'the history begins here')];
  return [
    ...appChanges(before, after),
    ...verdictChanges(before, after),
    ...gateChanges(before, after),
    ...databaseNames.flatMap((name) => {
      const [was, is] = [before, after].map(({ databases }) => databases.find((each) => each.name === name));
      return was === undefined || is === undefined ? [] : databaseChanges(was, is, after);
    }),
    ...backupChanges(before.lastBackup, after.lastBackup),
    ...fleetChanges(before.scanners, after.scanners),
    ...preflightChanges(before, after),
    ...horizonChanges(before, after),
    ...reasonChanges(before, after),
  ];
}

type Build = Pick<ReleasePosture['app'], 'version' | 'imageSha'>;

/** Says which build a manager now runs in place of which. */
export function takeover(before: Build, after: Build): PostureChange {
  return change('app', 'build_changed', `manager ${buildText(after)} took over from ${buildText(before)}`);
}

function buildText({ version, imageSha }: Build): string {
  return /^[0-9a-f]{12,}$/.test(imageSha) ? `${version} (${imageSha.slice(0, 7)})` : `${version} (${imageSha})`;
}

function appChanges({ app: was }: ReleasePosture, { app: is }: ReleasePosture): PostureChange[] {
  return was.version === is.version && was.imageSha === is.imageSha ? [] : [takeover(was, is)];
}

const verdictWords: Readonly<Record<VerdictStatus, string>> = {
  ok: 'running well',
  ready: 'ready to upgrade',
  attention: 'not yet',
  stopped: 'stopped',
  unknown: 'cannot tell',
};

function verdictChanges({ verdict: was }: ReleasePosture, { verdict: is }: ReleasePosture): PostureChange[] {
  if (was.status === is.status) return [];
  const message = `the verdict went from “${verdictWords[was.status]}” to “${verdictWords[is.status]}”`;
  return [change('verdict', 'verdict_changed', message)];
}

function gateChanges({ gate: was }: ReleasePosture, { gate: is }: ReleasePosture): PostureChange[] {
  const closed = (parts: typeof was.closedParts): string =>
    [...new Set(parts.map(({ part }) => part))].sort().join(', ');
  if (closed(was.closedParts) === closed(is.closedParts)) return [];
  if (is.open) return [change('gate', 'gate_opened', 'the gate opened')];
  const why = [...new Set(is.closedParts.map(({ message }) => message))].join('; ');
  return [change('gate', 'gate_closed', `the gate closed for ${closed(is.closedParts)}: ${why}`)];
}

function databaseChanges(was: DatabasePosture, is: DatabasePosture, after: ReleasePosture): PostureChange[] {
  const { name } = is;
  return [...readingChanges(was, is), ...versionChanges(was, is, after), ...problemChanges(name, was, is)];
}

function readingChanges(was: DatabasePosture, is: DatabasePosture): PostureChange[] {
  const { name } = is;
  if (was.status !== 'unknown' && is.status === 'unknown')
    return [change(name, 'schema_unreadable', `${name} could not be read: ${is.error?.message ?? 'no reason given'}`)];
  if (was.status === 'unknown' && is.status !== 'unknown')
    return [change(name, 'schema_readable', `${name} can be read again`)];
  return [];
}

function versionChanges(was: DatabasePosture, is: DatabasePosture, after: ReleasePosture): PostureChange[] {
  const { name } = is;
  const [from, to] = [was, is].map(({ current, lastKnown }) => current ?? lastKnown?.current);
  const moved = to !== undefined && from !== undefined && from !== to;
  const record = after.migrations.find(({ database, version }) => database === name && version === to);
  const by = record === undefined || from === undefined || (to ?? 0) < from ? null : record.appliedBy;
  return [
    ...(moved ? [change(name, 'schema_moved', `${name} moved from schema ${from} to ${to}`, by)] : []),
    ...(was.required === is.required
      ? []
      : [change(name, 'schema_required', `${name} has to be at schema ${is.required} now, not ${was.required}`)]),
    ...(is.status === 'ahead' && was.status === 'ahead' && was.aheadAllowed !== is.aheadAllowed
      ? [
          change(
            name,
            'schema_ahead',
            `${name} ${is.aheadAllowed === true ? 'lets' : 'no longer lets'} this release run`,
          ),
        ]
      : []),
  ];
}

function problemChanges(name: string, was: DatabasePosture, is: DatabasePosture): PostureChange[] {
  // What cannot be read has no problems and is not mended by that.
  if (was.status === 'unknown' || is.status === 'unknown') return [];
  const codes = (problems: typeof was.problems): Set<string> => new Set(problems.map(({ code }) => code));
  const [before, now] = [codes(was.problems), codes(is.problems)];
  return [
    ...is.problems
      .filter(({ code }) => !before.has(code))
      .map(({ code, message }) => change(name, `schema_${code}`, message)),
    ...[...before]
      .filter((code) => !now.has(code))
      .map((code) =>
        change(name, `schema_${code}_gone`, `${name} is no longer ${code === 'drift' ? 'drifted' : code}`),
      ),
  ];
}

function preflightChanges(before: ReleasePosture, after: ReleasePosture): PostureChange[] {
  if (after.preflightReading.status === 'unknown' || before.preflightReading.status === 'unknown')
    return before.preflightReading.status === after.preflightReading.status
      ? []
      : [
          after.preflightReading.status === 'unknown'
            ? change('preflight', 'preflight_unreadable', 'the preflight record could not be read')
            : change('preflight', 'preflight_readable', 'the preflight record can be read again'),
        ];
  const [was, is] = [before.preflight, after.preflight];
  if (is === null) return [];
  if (was?.id !== is.id) {
    const message = `a preflight for ${is.targetVersion} was recorded: ${is.status}`;
    return [change('preflight', 'preflight_recorded', message, is.ranBy)];
  }
  if (was.stale === is.stale) return [];
  const why = is.stale && is.staleReasons.length > 0 ? `: ${is.staleReasons.join(', ')}` : '';
  const message = is.stale
    ? `the preflight for ${is.targetVersion} no longer describes this deployment${why}`
    : `the preflight for ${is.targetVersion} describes this deployment again`;
  return [change('preflight', is.stale ? 'preflight_stale' : 'preflight_fresh', message)];
}

function horizonChanges({ horizon: was }: ReleasePosture, { horizon: is }: ReleasePosture): PostureChange[] {
  if (was.status !== 'ok' || is.status !== 'ok' || was.now === is.now) return [];
  return [change('horizon', 'horizon_moved', is.message)];
}

/** Reasons of the verdict that repeat what a part above has said already. */
const saidByParts = /^(schema_|backup_unavailable|backup_none|backup_damaged|scanners_|preflight_)/;

/** Only what blocks or warns, and by what it is about: its wording counts things that come and go. */
function reasonChanges(before: ReleasePosture, after: ReleasePosture): PostureChange[] {
  const counted = ({ verdict }: ReleasePosture) =>
    verdict.reasons.filter(({ code, severity }) => severity !== 'info' && !saidByParts.test(code));
  const keyOf = ({ code, part }: { code: string; part: string }): string => `${code} ${part}`;
  const [was, is] = [new Set(counted(before).map(keyOf)), new Set(counted(after).map(keyOf))];
  return [
    ...counted(after)
      .filter((reason) => !was.has(keyOf(reason)))
      .map(({ code, part, message }) => change(part, code, message)),
    ...counted(before)
      .filter((reason) => !is.has(keyOf(reason)))
      .map(({ code, part, message }) => change(part, `${code}_gone`, `no longer: ${message}`)),
  ];
}
