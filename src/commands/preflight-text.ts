import { shellWord, type AppError } from '../base/index.ts';
import type { CheckStatus, PreflightCheck, PreflightRun } from '../contract/index.ts';
import type { PreflightReport, Recorded } from '../preflight/index.ts';
import type { Output } from './command.ts';
import { markOf, paint, type Tone } from './terminal.ts';

/** Who a run was recorded as, or why it was not. */
export type Recording = Recorded | { readonly error: AppError };

const notRecorded = { ranBy: null, ranBySource: null, recordedAt: null, recordedBy: null } as const;

/** Where a run was kept, null when nobody asked for it; or why it was not. */
export type Keeping = { readonly path: string | null } | { readonly error: AppError };

/** A run, and what became of it. */
export interface PreflightOutcome {
  readonly report: PreflightReport;
  readonly recording: Recording;
  readonly kept: Keeping;
}

/** What `--json` prints: the run as the Release page gets it, and whether it was recorded. */
export function preflightJson({ report, recording, kept }: PreflightOutcome) {
  const { id, ranAt, host, targetVersion, targetImageSha, strict, status, counts, checks, rehearsal } = report;
  const isRecorded = 'ranBy' in recording;
  const { ranBy, ranBySource, recordedAt, recordedBy } = isRecorded ? recording : notRecorded;
  const run: Omit<PreflightRun, keyof typeof notRecorded> = {
    id,
    ranAt: ranAt.toISOString(),
    host,
    targetVersion,
    targetImageSha,
    status,
    stale: false,
    staleReasons: [],
    counts,
    checks: [...checks],
    migrations: [...report.migrations],
    rehearsal,
  };
  return {
    ...run,
    ranBy,
    ranBySource,
    recordedAt,
    recordedBy,
    strict,
    acknowledgement: report.acknowledgement,
    recorded: isRecorded,
    error: isRecorded ? ('error' in kept ? errorJson(kept.error) : null) : errorJson(recording.error),
    output: 'path' in kept ? kept.path : null,
  };
}

function errorJson({ code, message, hint }: AppError) {
  return { code, message, remedy: hint };
}

const tones = { pass: 'good', warn: 'attention', fail: 'bad', skip: 'quiet' } as const satisfies Record<
  CheckStatus,
  Tone
>;

/** The run for a person: each check with its evidence, under it what to type, and at the end what it all comes to. */
export function renderPreflight(stdout: Output, outcome: PreflightOutcome): string {
  const { report } = outcome;
  const { targetVersion, targetImageSha, checks } = report;
  const titleWidth = Math.max(...checks.map(({ title }) => title.length));
  const lines = [
    `Preflight of release ${targetVersion} (image ${targetImageSha})`,
    '',
    ...checks.flatMap((check) => renderCheck(stdout, check, titleWidth)),
    ...renderMigrations(stdout, report),
    '',
    `${markOf(stdout, tones[report.status])} ${conclusionOf(report)}`,
    ...renderRecording(stdout, outcome),
  ];
  return `${lines.join('\n')}\n`;
}

function renderCheck(stdout: Output, { title, status, message, remedy }: PreflightCheck, titleWidth: number): string[] {
  const indent = titleWidth + 4;
  const [first = '', ...rest] = wrap(message, (stdout.columns ?? Number.POSITIVE_INFINITY) - indent);
  const say = (text: string): string => (status === 'skip' ? paint(stdout, 'quiet', text) : text);
  return [
    `${markOf(stdout, tones[status])} ${say(title.padEnd(titleWidth))}  ${say(first)}`,
    ...rest.map((line) => `${' '.repeat(indent)}${say(line)}`),
    ...remedy
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `${' '.repeat(indent)}${paint(stdout, 'attention', `→ ${line}`)}`),
  ];
}

function renderMigrations(stdout: Output, { migrations }: PreflightReport): string[] {
  if (migrations.length === 0) return [];
  const width = (stdout.columns ?? Number.POSITIVE_INFINITY) - 4;
  const telling = migrations.filter(({ effects, unforeseen }) => effects.length + unforeseen.length > 0);
  const silent = migrations.length - telling.length;
  const lines = telling.flatMap(({ summary, dangers }) => {
    const mark = markOf(stdout, dangers.length === 0 ? 'quiet' : 'bad');
    return wrap(summary, width).map((line, index) => (index === 0 ? `${mark} ${line}` : `    ${line}`));
  });
  const others = `${markOf(stdout, 'quiet')} ${silent} ${silent === 1 ? 'touches' : 'touch'} no table that is there`;
  return ['', 'What the pending migrations would do', ...lines, ...(silent === 0 ? [] : [others])];
}

/** Breaks a sentence between words; a narrow terminal gets it as it is. */
function wrap(text: string, width: number): string[] {
  if (width < 30) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function conclusionOf({ status, strict, counts: { pass, warn, fail, skip }, targetVersion }: PreflightReport): string {
  const tally = [
    [fail, 'failed'],
    [warn, warn === 1 ? 'warning' : 'warnings'],
    [skip, 'skipped'],
    [pass, 'passed'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
  const verdict = {
    pass: `Release ${targetVersion} may be applied`,
    warn: `Release ${targetVersion} may be applied, once the warnings have been read`,
    fail: `Release ${targetVersion} must not be applied yet${strict && fail === 0 ? ' (--strict: a warning is a failure)' : ''}`,
  }[status];
  return `${verdict}: ${tally}.`;
}

function renderRecording(stdout: Output, { report, recording, kept }: PreflightOutcome): string[] {
  const lines =
    'ranBy' in recording
      ? [`  Recorded as run ${report.id.slice(0, 8)} by ${recording.ranBy}; Admin > Release shows it.`]
      : renderError(stdout, recording.error);
  if ('error' in kept) return [...lines, ...renderError(stdout, kept.error)];
  if (kept.path === null) return lines;
  return 'ranBy' in recording
    ? [...lines, `  Kept in ${kept.path} too.`]
    : [
        ...lines,
        `  Kept in ${kept.path}; once it can be recorded: plimsoll migrator preflight record ${shellWord(kept.path)}`,
      ];
}

function renderError(stdout: Output, { code, message, hint }: AppError): string[] {
  return [`${markOf(stdout, 'bad')} ${message} [${code}]`, `    ${paint(stdout, 'attention', `→ ${hint}`)}`];
}
