import { commandForDeployment, wordForDeployment } from '../base/index.ts';
import type { DeployPlan, Standing } from '../release/index.ts';
import type { Output } from './command.ts';
import { alignColumns, markOf, paint } from './terminal.ts';

/** What a deployment would do, step by step. */
export function renderPlan(output: Output, { journal, migrations }: DeployPlan): string {
  const { from, to, managers } = journal;
  const steps = alignColumns([
    ['1', 'preflight', `${to.version} judges the databases, backups and scanners of now; nothing is changed`],
    [
      '2',
      'backup',
      'a bundle is taken and pinned, as the way back; the pin of the deployment before is let go at the end',
    ],
    ['3', 'migrate', migrationText(migrations)],
    [
      '4',
      'replace',
      `${managers} ${managers === 1 ? 'manager' : 'managers'}, one by one: a new one is ready before an old one is stopped`,
    ],
    ['5', 'settle', 'the other services follow'],
    ['6', 'verify', 'until every manager is ready and the posture is ok; then it is written into the history'],
  ]);
  const lines = [
    `Deploy ${to.version} over ${from.version}`,
    ...alignColumns([
      ['from', from.reference, from.commit],
      ['to', to.reference, to.commit],
    ]).map((line) => `  ${paint(output, 'quiet', line)}`),
    '',
    ...steps.map((line) => `  ${line}`),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function migrationText(migrations: DeployPlan['migrations']): string {
  if ('problem' in migrations) return `what is pending cannot be read now: ${migrations.problem.message}`;
  const moves = migrations.value.databases.map(({ name, current, planned, error }) => {
    if (error !== null) return `${name}: ${error.message}`;
    const names = planned.map((step) => `${String(step.version).padStart(4, '0')}_${step.name}`);
    return names.length === 0 ? `${name} stays at ${current}` : `${name} from ${current} by ${names.join(', ')}`;
  });
  return moves.join('; ');
}

/** Where a deployment stands, and the one command for each way out. */
export function renderStanding(output: Output, standing: Standing, migratorCommand: string): string {
  const { journal, sentence, databases, managers, reference, bundleId, waysOut } = standing;
  const { failure, notes, state, by, id } = journal;
  const counted = managers.map(({ version, total, ready }) => `${total} of ${version} (${ready} ready)`);
  const facts = alignColumns([
    ['begun', `${id.slice(0, 8)} by ${by} on ${journal.host}`],
    ...databases.map((text, index) => [index === 0 ? 'databases' : '', text]),
    ['managers', counted.join(', ') || 'none, or not to be read'],
    ['compose', reference === null ? 'not to be read' : `starts ${reference}`],
    ['bundle', bundleId ?? 'none was taken'],
  ]);
  const ways = alignColumns(
    waysOut.map(({ way, command }) => [wayText[way], commandForDeployment(command, migratorCommand) || wayNote]),
  );
  const lines = [
    `${markOf(output, toneOf(standing))} ${sentence}`,
    ...facts.map((line) => `    ${line}`),
    ...(failure === null
      ? []
      : [
          `${markOf(output, 'bad')} ${failure.message} [${failure.code}]`,
          `    ${paint(output, 'attention', `→ ${wordForDeployment(failure.hint, migratorCommand)}`)}`,
        ]),
    ...(state === 'done' ? notes.map((note) => `${markOf(output, 'attention')} ${note}`) : []),
    ...ways.map((line) => `    ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

const wayText = { go_on: 'go on', go_back: 'go back', leave: 'leave it' } as const;
const wayNote = 'nothing is to be typed: all is as it was';

function toneOf({ journal, waysOut }: Standing): 'good' | 'bad' | 'attention' {
  if (journal.failure !== null) return 'bad';
  return waysOut.length > 0 || journal.notes.length > 0 ? 'attention' : 'good';
}
