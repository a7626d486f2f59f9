import { commandForDeployment } from '../base/index.ts';
import type { LastBackup, NextStep, UpgradeCandidate } from '../contract/index.ts';

/** What the next step follows from. */
export interface StepFacts extends Pick<
  UpgradeCandidate,
  'version' | 'state' | 'obstacles' | 'run' | 'acknowledgement' | 'migrations'
> {
  readonly lastBackup: Pick<LastBackup, 'status' | 'bundle' | 'ageSeconds' | 'service' | 'migratedSince'>;
  readonly migratorCommand: string;
}

/** The one command that comes next on the way to a candidate, and why; no command when there is nothing to type. Pure. */
export function nextStepOf(facts: StepFacts): NextStep {
  const { state, version, obstacles, acknowledgement, migratorCommand } = facts;
  const image = `from the image of ${version}`;
  switch (state) {
    case 'migrating':
      return { command: '', why: 'Wait: a migrator is at work. This page follows it.' };
    case 'unknown':
    case 'blocked':
      return { command: obstacles[0]?.remedy ?? '', why: firstObstacle(facts) };
    case 'migrated':
      return startNext(version, migratorCommand);
    case 'stale':
      return {
        command: `${migratorCommand} preflight`,
        why: `Look again, ${image}: things have changed since it ran.`,
      };
    case 'acknowledge':
      return {
        command: `${migratorCommand} preflight --acknowledge ${acknowledgement?.hash ?? ''}`,
        why: `Read the dangerous migrations, then say so, ${image}. The hash stands for exactly these files.`,
      };
    case 'failed':
      return (
        backupFirst(facts) ?? {
          command: `${migratorCommand} preflight`,
          why: `Mend what failed, then look again, ${image}.`,
        }
      );
    case 'warned':
    case 'ready':
      return backupFirst(facts) ?? goOn(facts, image);
  }
}

function firstObstacle({ obstacles, state }: StepFacts): string {
  const [first] = obstacles;
  if (first === undefined) return '';
  const more = obstacles.length === 1 ? '' : ` ${obstacles.length - 1} more below.`;
  return `${state === 'unknown' ? 'Find out first' : 'Mend first'}: ${first.message}.${more}`;
}

function goOn({ state, version, migrations, migratorCommand }: StepFacts, image: string): NextStep {
  if (migrations.length === 0) return startNext(version, migratorCommand);
  const read = state === 'warned' ? 'Read the warnings, then migrate' : 'Migrate';
  return { command: migratorCommand, why: `${read}, ${image}. Only this changes anything.` };
}

/** Compose starts what its file names; elsewhere only whoever deploys knows how. */
function startNext(version: string, migratorCommand: string): NextStep {
  const why = `The databases are where ${version} needs them: start its managers.`;
  return { command: migratorCommand.startsWith('docker compose ') ? 'docker compose up -d' : '', why };
}

/** A bundle of now is the way back from a migration. */
function backupFirst({ lastBackup, migratorCommand }: StepFacts): NextStep | undefined {
  const lack = lackOf(lastBackup);
  if (lack === undefined) return undefined;
  return {
    command: commandForDeployment('plimsoll backup take', migratorCommand),
    why: `Take a backup first: ${lack}.`,
  };
}

function lackOf({ status, bundle, ageSeconds, service, migratedSince }: StepFacts['lastBackup']): string | undefined {
  if (status === 'none') return 'there is none';
  if (bundle === null || service === null) return undefined;
  if (bundle.state === 'damaged') return 'the last one is damaged';
  if ((ageSeconds ?? 0) > service.maxAgeSeconds) return 'the last one is older than is allowed here';
  return migratedSince.length > 0 ? 'the last one is from before the last migration' : undefined;
}
