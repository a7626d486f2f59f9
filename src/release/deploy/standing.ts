import { AppError } from '../../base/index.ts';
import { statusAnswer } from './answers.ts';
import { ask } from './ask.ts';
import type { DeployContext } from './context.ts';
import type { DeployImage, DeployJournal } from './journal.ts';
import { isUnfinished, isUntouched } from './states.ts';

/** One way out of where a deployment stands, and the one command of it; empty: nothing is to be typed. */
export interface WayOut {
  readonly way: 'go_on' | 'go_back' | 'leave';
  readonly command: string;
}

/** What is true now, read anew: nothing of it is taken from the journal that can be looked at. */
export interface Standing {
  readonly journal: DeployJournal;
  /** What the state of the journal means, in a sentence. */
  readonly sentence: string;
  /** One a database, such as `config at 8, 1.1.0 needs 9`; why they could not be read. */
  readonly databases: readonly string[];
  readonly managers: readonly { readonly version: string; readonly total: number; readonly ready: number }[];
  /** What the next container is started by; null when that could not be read. */
  readonly reference: string | null;
  readonly bundleId: string | null;
  readonly waysOut: readonly WayOut[];
}

/** Looks where a deployment stands; what cannot be read is told, never thrown. */
export async function readStanding(context: DeployContext, journal: DeployJournal): Promise<Standing> {
  const [databases, installed] = await Promise.all([readDatabases(context, journal), readInstalled(context, journal)]);
  return {
    journal,
    sentence: sentenceOf(journal),
    databases,
    ...installed,
    bundleId: journal.bundleId,
    waysOut: waysOutOf(journal),
  };
}

/** What the state means; pure. */
export function sentenceOf({ kind, state, from, to }: Pick<DeployJournal, 'kind' | 'state' | 'from' | 'to'>): string {
  const what = kind === 'deploy' ? `the deployment of ${to.version}` : `going back to ${to.version}`;
  switch (state) {
    case 'judging':
      return `${what} stands before its preflight has passed: nothing was changed`;
    case 'saving':
      return `${what} stands before its bundle is taken: nothing was changed`;
    case 'migrating':
      return `${what} stands in the migration: some of it may be applied; the managers are still of ${from.version}`;
    case 'replacing':
      return `${what} stands while managers are replaced: the databases are where ${to.version} needs them, managers may be of both releases`;
    case 'settling':
      return `${what} stands before the other services have followed: every manager is of ${to.version}`;
    case 'verifying':
      return `${what} stands at its last look: everything is of ${to.version}`;
    case 'done':
      return `${what} is done`;
    case 'abandoned':
      return `${what} was given up before it had changed anything`;
  }
}

/** The ways out of a state; pure. */
export function waysOutOf({ kind, state }: Pick<DeployJournal, 'kind' | 'state'>): readonly WayOut[] {
  if (!isUnfinished(state)) return [];
  if (kind === 'rollback') return [{ way: 'go_on', command: 'plimsoll release rollback' }];
  const goOn: WayOut = { way: 'go_on', command: 'plimsoll release deploy --resume' };
  if (isUntouched(state)) return [goOn, { way: 'leave', command: '' }];
  return [goOn, { way: 'go_back', command: 'plimsoll release rollback' }];
}

/** The hint of a step that both ways have: what goes on from there, and back. */
export function mendThenGoOn(kind: DeployJournal['kind']): string {
  return kind === 'deploy'
    ? 'Mend what it says, then run `plimsoll release deploy --resume`; or go back with `plimsoll release rollback`.'
    : 'Mend what it says, then run `plimsoll release rollback` again.';
}

async function readDatabases(context: DeployContext, { to }: DeployJournal): Promise<string[]> {
  try {
    const question = { image: to, part: 'migrator', words: ['status'], answer: statusAnswer } as const;
    const asked = await ask(context, question);
    if ('problem' in asked) return [`cannot be read: ${asked.problem.message}`];
    return asked.value.databases.map(({ name, status, current, required, error, problems }) =>
      status === 'unknown'
        ? `${name} cannot be read: ${error?.message ?? ''}`
        : `${name} at ${current}, ${to.version} needs ${required}: ${[status, ...problems.map(({ code }) => code)].join(', ')}`,
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [`cannot be read: ${error.message}`];
  }
}

async function readInstalled(
  { host }: DeployContext,
  { from, to }: DeployJournal,
): Promise<Pick<Standing, 'managers' | 'reference'>> {
  try {
    const { reference, managers } = await host.readInstalled();
    const versionOf = (imageId: string): string =>
      [from, to].find((image: DeployImage) => image.id === imageId)?.version ?? imageId;
    const versions = [...new Set(managers.map(({ imageId }) => versionOf(imageId)))];
    const counted = versions.map((version) => {
      const own = managers.filter(({ imageId }) => versionOf(imageId) === version);
      return { version, total: own.length, ready: own.filter(({ ready }) => ready).length };
    });
    return { managers: counted, reference };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { managers: [], reference: null };
  }
}
