import type { HeldLock, RehearsedMigration } from '../contract/index.ts';
import { describeRehearsal, type Rehearsal } from '../preflight/index.ts';
import { renderBytes } from './backup-progress.ts';
import type { Output } from './command.ts';
import type { Recording } from './rehearsal-run.ts';
import { alignColumns, markOf, paint } from './terminal.ts';

/** What `--json` prints. */
export function rehearsalJson({ rehearsal, recording }: { rehearsal: Rehearsal; recording: Recording }) {
  const { id, ranAt, targetVersion, targetImageSha, pendingDigest, bundle, status, result } = rehearsal;
  const isRecorded = 'ranBy' in recording;
  return {
    id,
    ranAt: ranAt.toISOString(),
    ranBy: isRecorded ? recording.ranBy : null,
    targetVersion,
    targetImageSha,
    pendingDigest,
    bundle: { id: bundle.id, createdAt: bundle.createdAt.toISOString() },
    status,
    ...result,
    recorded: isRecorded,
    error: isRecorded
      ? null
      : { code: recording.error.code, message: recording.error.message, remedy: recording.error.hint },
  };
}

/** A rehearsal for a person: each migration with what it took, what is worth knowing, and what it all comes to. */
export function renderRehearsal(stdout: Output, rehearsal: Rehearsal, recording: Recording): string {
  const { targetVersion, bundle, status, result } = rehearsal;
  const rows = alignColumns(result.migrations.map((migration) => [nameOf(migration), ...costsOf(migration)]));
  const lines = [
    `Rehearsal of release ${targetVersion} on bundle ${bundle.id}`,
    '',
    ...rows.flatMap((row, index) => [`${markOf(stdout, 'good')} ${row}`].concat(lockLines(stdout, result, index))),
    ...result.notes.map((note) => `${markOf(stdout, 'attention')} ${note}`),
    '',
    `${markOf(stdout, status === 'passed' ? 'good' : 'bad')} ${sentenceOf(rehearsal)}.`,
    ...recordingLines(stdout, rehearsal, recording),
  ];
  return `${lines.join('\n')}\n`;
}

function sentenceOf(rehearsal: Rehearsal): string {
  const text = describeRehearsal(rehearsal);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function nameOf({ database, version, name }: RehearsedMigration): string {
  return `${database}/${String(version).padStart(4, '0')}_${name}`;
}

function costsOf({ seconds, walBytes, peakDiskBytes, tempBytes, rowsWritten }: RehearsedMigration): string[] {
  return [
    `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`,
    `${renderBytes(walBytes)} of log`,
    `${renderBytes(Math.max(0, peakDiskBytes))} of disk`,
    `${renderBytes(tempBytes)} of temporary files`,
    `${rowsWritten.toLocaleString('en')} rows`,
  ];
}

function lockLines(stdout: Output, { migrations }: Rehearsal['result'], index: number): string[] {
  return (migrations[index]?.locks ?? []).map((lock) => `    ${paint(stdout, 'quiet', lockText(lock))}`);
}

function lockText({ table, mode, heldSeconds }: HeldLock): string {
  return `${table.replace(/^public\./, '')} ${mode} for ${heldSeconds.toFixed(2)} s`;
}

function recordingLines(stdout: Output, { id }: Rehearsal, recording: Recording): string[] {
  if ('ranBy' in recording)
    return [`  Recorded as rehearsal ${id.slice(0, 8)} by ${recording.ranBy}; preflight judges by it.`];
  const { code, message, hint } = recording.error;
  return [`${markOf(stdout, 'bad')} ${message} [${code}]`, `    ${paint(stdout, 'attention', `→ ${hint}`)}`];
}
