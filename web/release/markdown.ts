import type {
  DatabasePosture,
  LastBackup,
  PreflightRun,
  QueuedJobs,
  ReleasePosture,
  Scanners,
} from '../../src/contract/index.ts';
import { countOf, size } from '../parts/size.ts';
import { fileName } from './history.ts';
import { candidateLooks, schemaLook } from './looks.ts';

const migrationsShown = 10;

/** The posture as Markdown, for a ticket or a chat. */
export function postureMarkdown(posture: ReleasePosture): string {
  const { verdict, app } = posture;
  return [
    `# Release: ${verdict.headline}`,
    '',
    `As of ${posture.generatedAt} · app ${app.version} · image ${app.imageSha} · gate ${posture.gate.open ? 'open' : 'closed'}`,
    '',
    ...verdict.reasons.map(
      (reason) => `- **${reason.severity}** ${reason.part}: ${reason.message}${code(reason.remedy)}`,
    ),
    ...(verdict.reasons.length > 0 ? [''] : []),
    '## Schema version',
    '',
    table(['Database', 'Status', 'Current', 'Required', 'Notes'], posture.databases.map(databaseRow)),
    '',
    '## Last backup',
    '',
    backupLine(posture.lastBackup),
    '',
    '## Scanner fleet',
    '',
    ...fleetLines(posture.scanners),
    '',
    '## Upgrade',
    '',
    ...upgradeLines(posture),
    '',
    '## Preflight',
    '',
    ...preflightLines(posture.preflight, posture.preflightReading.status),
    '',
    '## Migration history',
    '',
    ...historyLines(posture),
    '',
  ].join('\n');
}

function databaseRow(database: DatabasePosture): string[] {
  const notes = [
    ...database.pending.map((each) => `pending ${fileName(each)}`),
    ...database.problems.map((problem) => `${problem.code}: ${problem.message}`),
    ...(database.error === null ? [] : [`${database.error.code}: ${database.error.message}`]),
    ...(database.migrating ? ['migrating now'] : []),
  ];
  return [
    database.name,
    schemaLook(database).word,
    String(database.current ?? '?'),
    String(database.required),
    notes.join('; '),
  ];
}

function backupLine({ status, bundle, error, waysBack }: LastBackup): string {
  if (status === 'unavailable') return `Unavailable: ${error?.message ?? 'no reason given'}`;
  if (bundle === null) return 'None has been taken.';
  const checkedAt =
    bundle.state === 'proven' ? bundle.provenAt : bundle.state === 'verified' ? bundle.verifiedAt : null;
  const state = checkedAt === null ? bundle.state : `${bundle.state} ${checkedAt}`;
  const ways = waysBack.map(({ appVersion, bundleId }) => `${appVersion} with ${bundleId}`);
  return `${bundle.createdAt} · ${bundle.id} · ${size(bundle.bytes)} · ${state} · way back: ${ways.join(', ') || 'none'}`;
}

function fleetLines(scanners: Scanners): string[] {
  if (scanners.status === 'unknown') return [`Unknown: ${scanners.error?.message ?? 'no reason given'}`];
  const { total, inWindow, outsideWindow, outsideAsleep, window } = scanners;
  const counts = `${countOf(total, 'scanner')}, ${inWindow} inside and ${outsideWindow} outside protocol ${window.min} to ${window.max}`;
  const asleep = outsideAsleep === 0 ? '' : `, ${outsideAsleep} of them not online and coming back outside`;
  const summary = `${counts}${asleep}. ${queueLine(scanners.queuedJobs)}`;
  const rows = scanners.groups.map((group) => [
    group.binaryVersion,
    String(group.protocolVersion),
    String(group.count),
    String(group.online),
    group.inWindow ? 'inside' : 'outside',
  ]);
  return rows.length === 0
    ? [summary]
    : [summary, '', table(['Binary', 'Protocol', 'Count', 'Online', 'Window'], rows)];
}

function queueLine({ total, more, withoutScanner, error }: QueuedJobs): string {
  if (total === null || withoutScanner === null) return `Queued jobs unknown: ${error?.message ?? 'no reason given'}`;
  const jobs = `${more ? 'More than ' : ''}${countOf(total, 'queued job')}`;
  return withoutScanner === 0 ? `${jobs}.` : `${jobs}, none with an eligible scanner.`;
}

function upgradeLines({ candidate, horizon }: ReleasePosture): string[] {
  const back = `Way back: ${horizon.message}.`;
  if (candidate === null) return ['No newer release has been judged.', '', back];
  const { version, imageSha, state, run, databases, migrations, next } = candidate;
  const steps = databases.map(({ name, current, required }) => `${name} ${current ?? '?'} → ${required}`).join(', ');
  const causes = run.stale ? ` (${run.staleReasons.join('; ')})` : '';
  return [
    `**${version}** · image ${imageSha} · ${candidateLooks[state].word}${causes} · ${steps}`,
    '',
    ...migrations.map(({ summary, dangers }) => `- ${dangers.length > 0 ? '**dangerous** ' : ''}${summary}`),
    ...(migrations.length > 0 ? [''] : []),
    back,
    '',
    `Next: ${next.why}${code(next.command)}`,
  ];
}

function preflightLines(run: PreflightRun | null, reading: 'ok' | 'none' | 'unknown'): string[] {
  if (run === null)
    return [reading === 'unknown' ? 'Unknown: the record could not be read.' : 'None has been recorded.'];
  const stale = run.stale ? ` (stale: ${run.staleReasons.join('; ')})` : '';
  return [
    `**${run.status}**${stale} · for ${run.targetVersion} · ${run.ranAt} by ${run.ranBy}`,
    ...(run.rehearsal === null ? [] : ['', `${run.rehearsal.message}.`]),
    '',
    table(
      ['Check', 'Status', 'What was found'],
      run.checks.map((check) => [check.title, check.status, `${check.message}${code(check.remedy)}`]),
    ),
  ];
}

function historyLines({ migrations }: ReleasePosture): string[] {
  if (migrations.length === 0) return ['None on record.'];
  const rows = migrations
    .slice(0, migrationsShown)
    .map((row) => [row.appliedAt, row.database, fileName(row), row.appliedBy, row.appVersion]);
  const rest = migrations.length - rows.length;
  return [
    table(['Applied', 'Database', 'Migration', 'By', 'Release'], rows),
    ...(rest > 0 ? ['', `and ${rest} older.`] : []),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ');
}

function code(remedy: string): string {
  return remedy === '' ? '' : ` → \`${remedy}\``;
}
