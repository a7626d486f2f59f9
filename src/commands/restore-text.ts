import { commandForDeployment, wordForDeployment, type AppError } from '../base/index.ts';
import type { RestoreJournal, RestorePreview, RestoreReport } from '../backups/index.ts';
import type { Output } from './command.ts';
import { alignColumns, markOf, paint } from './terminal.ts';
import { renderTime } from './times.ts';

/** A command as it is typed in this deployment. */
type Word = (command: string) => string;

/** What a restore would come to. */
export function renderPreview(output: Output, preview: RestorePreview): string {
  const { bundle, databases, losses, scannerNames, connected } = preview;
  const encrypted = bundle.encrypted ? ', encrypted' : '';
  const lines = [
    `Bundle ${bundle.id} from ${bundle.from}`,
    `  taken       ${renderTime(new Date(bundle.createdAt))}, ${ageOf(bundle.ageSeconds)} ago, by release ${bundle.appVersion} (image ${bundle.imageSha})`,
    `  state       ${bundle.state}${encrypted}${deploymentNote(bundle.ofThisDeployment)}`,
    `  fits        ${preview.fits}`,
    '',
    'Schema versions',
    ...alignColumns(databases.map(versionRow)).map((row) => `  ${row}`),
    ...databases.flatMap(({ name, error }) =>
      error === null
        ? []
        : [`  ${markOf(output, 'attention')} ${name} cannot be read now: ${error.message} [${error.code}]`],
    ),
    '',
    'Lost by it',
    ...alignColumns(losses.map(({ label, count }) => [count === null ? 'unknown' : String(count), label])).map(
      (row) => `  ${row}`,
    ),
    ...(scannerNames.length === 0
      ? []
      : [`  to enrol again: ${scannerNames.join(', ')}`, ...enrolAgain.map((line) => `  ${line}`)]),
    ...(connected.length === 0 ? [] : ['', 'Connected now', ...connectedRows(preview)]),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** On the machine of each scanner; the one of the embedded stack does it by itself. */
const enrolAgain = [
  '  on each, with a token of Admin > Scanners (the one of the embedded stack does it by itself):',
  '    rm "$SCANNER_STATE_DIR/credential.json" && SCANNER_ENROLMENT_TOKEN=TOKEN plimsoll scanner',
];

function deploymentNote(ofThisDeployment: boolean | null): string {
  if (ofThisDeployment === null) return ', of which deployment could not be compared';
  return ofThisDeployment ? '' : ', of another deployment';
}

function versionRow({ name, inBundle, now, required, lastMigratedAt }: RestorePreview['databases'][number]): string[] {
  const migrated = lastMigratedAt === null ? '' : `, last migrated ${renderTime(new Date(lastMigratedAt))}`;
  return [name, `bundle ${inBundle}`, `now ${now ?? 'unknown'}`, `this release needs ${required}${migrated}`];
}

function connectedRows({ connected }: RestorePreview): string[] {
  return alignColumns(
    connected.map(({ applicationName, role, database, sessions }) => [applicationName, role, database, `${sessions}`]),
  ).map((row) => `  ${row}`);
}

function ageOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** What speaks against it. */
export function renderRefusals(output: Output, refusals: readonly AppError[], migratorCommand: string): string {
  if (refusals.length === 0) return `${markOf(output, 'good')} it can be restored\n`;
  const lines = refusals.flatMap(({ message, code, hint }) => [
    `${markOf(output, 'bad')} ${message} [${code}]`,
    `    ${paint(output, 'attention', `→ ${wordForDeployment(hint, migratorCommand)}`)}`,
  ]);
  return `${lines.join('\n')}\n`;
}

/** How it ended, and the commands that may follow. */
export function renderReport(output: Output, { journal, pending }: RestoreReport, migratorCommand: string): string {
  const lines = [`${markOf(output, 'good')} ${sentenceOf(journal)}`];
  if (pending.length > 0)
    lines.push(
      `${markOf(output, 'attention')} ${pending.join(' and ')} ${pending.length === 1 ? 'is' : 'are'} of an older schema, and the gate stays closed until the migrator has run`,
      `    ${paint(output, 'attention', `→ ${migratorCommand}`)}`,
    );
  lines.push(...scannerLines(output, journal));
  lines.push(...nextCommands(journal, (command) => commandForDeployment(command, migratorCommand)));
  return `${lines.join('\n')}\n`;
}

/** Who has to enrol again, once the restored databases are in place. */
function scannerLines(output: Output, { state, mustEnrol }: RestoreJournal): string[] {
  if (state !== 'done' || mustEnrol?.count === 0) return [];
  const mark = markOf(output, 'attention');
  if (mustEnrol === null)
    return [`${mark} which scanners have to enrol again could not be told: the old config database could not be read`];
  const { count, names } = mustEnrol;
  const named = count > names.length ? `${names.join(', ')} and ${count - names.length} more` : names.join(', ');
  const words = count === 1 ? '1 scanner has' : `${count} scanners have`;
  return [`${mark} ${words} to enrol again, as the restored database does not know them: ${named}`, ...enrolAgain];
}

function sentenceOf({ state, bundleId, databases }: RestoreJournal): string {
  const names = Object.values(databases);
  switch (state) {
    case 'preparing':
    case 'swapping':
    case 'swapped':
    case 'abandoning':
    case 'returning':
    case 'forgetting':
      return `the restore of ${bundleId} is ${state}: at work now, or interrupted`;
    case 'done':
      return `restored ${bundleId}; the old databases are kept as ${names.map(({ before }) => before).join(', ')}`;
    case 'returned':
      return `the old databases are back; what was restored is kept as ${names.map(({ undone }) => undone).join(', ')}`;
    case 'abandoned':
      return `the restore of ${bundleId} is undone; the old databases were not touched`;
    case 'forgotten':
      return `what the restore of ${bundleId} had kept is dropped`;
  }
}

function nextCommands({ state }: RestoreJournal, word: Word): string[] {
  const back = `    swap back     ${word('plimsoll backup restore --back')}`;
  const forget = `    drop the kept ${word('plimsoll backup restore --forget')}`;
  const resume = `    go on         ${word('plimsoll backup restore --resume')}`;
  const offers: Partial<Record<RestoreJournal['state'], string[]>> = {
    preparing: [resume, back],
    swapping: [resume, back],
    swapped: [resume, back],
    done: [back, forget],
    abandoning: [resume],
    returning: [resume],
    returned: [forget],
    forgetting: [resume],
  };
  return offers[state] ?? [];
}

/** All restores, newest first, each with what may be done about it. */
export function renderStatus(output: Output, journals: readonly RestoreJournal[], migratorCommand: string): string {
  if (journals.length === 0) return `${markOf(output, 'quiet')} nothing was ever restored here\n`;
  const lines = journals.flatMap((journal) => {
    const { startedAt, by, host, history } = journal;
    const last = history.at(-1)?.at ?? startedAt;
    return [
      `${markOf(output, 'quiet')} ${sentenceOf(journal)}`,
      `    begun ${renderTime(new Date(startedAt))} by ${by} on ${host}, last step ${renderTime(new Date(last))}`,
      ...nextCommands(journal, (command) => commandForDeployment(command, migratorCommand)),
    ];
  });
  return `${lines.join('\n')}\n`;
}
