import { styleText } from 'node:util';
import type { DatabasePosture, MigrationRecord, Reason, ReleasePosture, VerdictStatus } from '../contract/index.ts';
import { describeBackup, instant } from './backup-text.ts';
import { describeUpgrade } from './upgrade-text.ts';

/** How many of the newest migrations are shown; `migrator history` has them all. */
const SHOWN_MIGRATIONS = 5;

const colours = { ok: 'green', ready: 'green', attention: 'yellow', unknown: 'yellow', stopped: 'red' } as const;

/** The posture for a terminal: the verdict, its reasons with what to type, then the parts. */
export function renderPosture(posture: ReleasePosture, { colour }: { readonly colour: boolean }): string {
  const { verdict } = posture;
  const sections = [
    [paint(verdict.status, verdict.headline, colour)],
    verdict.reasons.length === 0 ? [] : renderReasons(verdict.reasons),
    renderParts(posture),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function paint(status: VerdictStatus, text: string, colour: boolean): string {
  return colour ? styleText(['bold', colours[status]], text, { validateStream: false }) : text;
}

function renderReasons(reasons: readonly Reason[]): string[] {
  const width = Math.max(...reasons.map(({ part }) => part.length));
  const indent = ' '.repeat(width + 9);
  return reasons.flatMap(({ severity, part, message, remedy }) => [
    `  ${severity.padEnd(5)}  ${part.padEnd(width)}  ${message}`,
    ...(remedy === '' ? [] : [`  ${indent}→ ${remedy}`]),
  ]);
}

function renderParts(posture: ReleasePosture): string[] {
  const { app, gate, databases, migrations } = posture;
  return [
    ...part('Release', [`${app.version}, image ${app.imageSha}`]),
    ...part('Gate', [gate.open ? 'open' : 'closed']),
    ...part('Databases', columns(databases.map(describeDatabase))),
    ...part('Migrations', describeMigrations(migrations, app.migratorCommand)),
    ...part('Last backup', describeBackup(posture)),
    ...part('Scanners', describeScanners(posture)),
    ...part('Queued jobs', [describeQueuedJobs(posture)]),
    ...part('Way back', [posture.horizon.message]),
    ...part('Preflight', [describePreflight(posture)]),
    ...part('Upgrade', describeUpgrade(posture)),
  ];
}

function part(title: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? title : '').padEnd(13)}${line}`);
}

function describeDatabase({ name, status, current, required, ...database }: DatabasePosture): string[] {
  const version = current === required ? `schema ${current}` : `schema ${current ?? '?'} of ${required}`;
  return [name, status, version, notesOn(database).join('; ')];
}

function notesOn({
  pending,
  problems,
  migrating,
  error,
  lastKnown,
}: Omit<DatabasePosture, 'name' | 'status' | 'current' | 'required'>): string[] {
  const known =
    lastKnown === null
      ? ''
      : `, last known ${lastKnown.status} at ${lastKnown.current} on ${instant(lastKnown.readAt)}`;
  return [
    ...(error === null ? [] : [`${error.code}${known}`]),
    ...(migrating ? ['a migrator is at work'] : []),
    ...(pending.length === 0 ? [] : [`pending ${pending.map(fileName).join(', ')}`]),
    ...problems.map(({ code }) => code),
  ];
}

function describeMigrations(migrations: readonly MigrationRecord[], migratorCommand: string): string[] {
  if (migrations.length === 0) return ['none read'];
  const more = migrations.length > SHOWN_MIGRATIONS;
  return [
    ...columns(newest(migrations)),
    ...(more ? [`newest ${SHOWN_MIGRATIONS} of ${migrations.length}; all: ${migratorCommand} history`] : []),
  ];
}

function newest(migrations: readonly MigrationRecord[]): string[][] {
  return migrations
    .slice(0, SHOWN_MIGRATIONS)
    .map((record) => [
      instant(record.appliedAt),
      record.database,
      fileName(record),
      `${record.durationMs} ms`,
      `by ${record.appliedBy}`,
    ]);
}

function describeScanners({ scanners }: ReleasePosture): string[] {
  const window = `protocol ${scanners.window.min} to ${scanners.window.max}`;
  if (scanners.status === 'unknown') return [`not known: ${scanners.error?.code ?? 'no reason was given'}`];
  if (scanners.total === 0) return [`none registered; this release speaks ${window}`];
  const groups = scanners.groups.map((group) => [
    `${group.count} × ${group.binaryVersion}`,
    `protocol ${group.protocolVersion}`,
    `${group.online} online`,
    group.inWindow ? '' : 'outside the window',
  ]);
  const { total, inWindow, outsideAsleep } = scanners;
  return [
    `${inWindow} of ${total} within ${window}`,
    ...(outsideAsleep === 0 ? [] : [`${outsideAsleep} outside and not online: they will come back outside`]),
    ...columns(groups),
  ];
}

function describeQueuedJobs({ scanners: { queuedJobs } }: ReleasePosture): string {
  const { status, total, more, withoutScanner, error } = queuedJobs;
  if (status === 'unknown') return `not known: ${error?.code ?? 'no reason was given'}`;
  if (total === 0) return 'none';
  const count = more ? `more than ${total}` : `${total}`;
  return withoutScanner === 0 ? count : `${count}, none of them with an eligible scanner`;
}

function describePreflight({ preflight, preflightReading: { error } }: ReleasePosture): string {
  if (preflight === null) return error === null ? 'none recorded' : `not known: ${error.code}`;
  const { targetVersion, status, ranAt, ranBy, host, stale } = preflight;
  return `${status} for ${targetVersion}, ${instant(ranAt)} by ${ranBy} on ${host}${stale ? ', out of date' : ''}`;
}

function fileName({ version, name }: { readonly version: number; readonly name: string }): string {
  return `${String(version).padStart(4, '0')}_${name}`;
}

/** Cells side by side, each column as wide as its widest cell. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
