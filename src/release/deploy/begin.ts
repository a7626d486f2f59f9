import { randomUUID } from 'node:crypto';
import { migrateAnswer, type Answer, type MigrateAnswer } from './answers.ts';
import { ask } from './ask.ts';
import type { DeployContext } from './context.ts';
import { deployError } from './errors.ts';
import type { Installed } from './host.ts';
import { afterEvent, journalIdAt, type DeployImage, type DeployJournal } from './journal.ts';
import { carryOn, type DeployOutcome } from './run.ts';
import { firstState, isUnfinished, isUntouched, type DeployKind } from './states.ts';

/** What is asked for. */
export interface DeployRequest {
  readonly reference: string;
  readonly acknowledge: string | undefined;
  readonly strict: boolean;
}

/** What a deployment would do; nothing is written yet. */
export interface DeployPlan {
  readonly journal: DeployJournal;
  /** An earlier one that changed nothing and gives way to this one. */
  readonly abandons: DeployJournal | undefined;
  /** What the migrator of the new image would apply, or why it could not say. */
  readonly migrations: Answer<MigrateAnswer>;
}

/** Plans to deploy an image, from what is installed now. Throws what stands in its way. */
export async function planDeploy(context: DeployContext, request: DeployRequest): Promise<DeployPlan> {
  const to = await context.host.readImage(request.reference);
  const [newest] = await context.journals.list();
  if (newest !== undefined && isUnfinished(newest.state) && !isUntouched(newest.state)) throw unfinished(newest);
  const abandons = newest !== undefined && isUntouched(newest.state) ? newest : undefined;
  const installed = await context.host.readInstalled();
  const from = await readFrom(context, installed, to);
  if (from.id === to.id && installed.managers.every(({ imageId }) => imageId === to.id))
    throw deployError('deploy_already_there', {
      message: `every manager runs ${to.reference} (${to.version}) already`,
      hint: 'Name another image, or see by `plimsoll release deploy --status` what was deployed last.',
    });
  const terms = { kind: 'deploy', from, to, managers: installed.managers.length } as const;
  const journal = {
    ...newJournal(context, terms),
    acknowledge: request.acknowledge ?? null,
    strict: request.strict,
  };
  const question = { image: to, part: 'migrator', words: ['migrate', '--dry-run'], answer: migrateAnswer } as const;
  return { journal, abandons, migrations: await ask(context, question) };
}

/** Carries a plan out. */
export async function deploy(context: DeployContext, { journal, abandons }: DeployPlan): Promise<DeployOutcome> {
  if (abandons !== undefined) await abandon(context, abandons);
  return await carryOn(context, journal);
}

/** What may be gone on with. Throws deploy_nothing_to_resume. */
export async function findUnfinished({ journals }: DeployContext): Promise<DeployJournal> {
  const [newest] = await journals.list();
  if (newest !== undefined && isUnfinished(newest.state)) return newest;
  throw deployError('deploy_nothing_to_resume', {
    message:
      newest === undefined
        ? 'nothing was ever deployed from this folder'
        : `the ${newest.kind} ${newest.id} of ${newest.to.version} is ${newest.state}`,
    hint: 'Name the image that is to be deployed: `plimsoll release deploy IMAGE`.',
  });
}

/**
 * Goes on with what was interrupted or stands still. What has changed nothing yet is begun anew: the preflight and the bundle of
 * an hour ago say nothing of now.
 */
export async function resume(
  context: DeployContext,
  journal: DeployJournal,
  changes: Partial<Pick<DeployJournal, 'acknowledge' | 'strict'>> = {},
): Promise<DeployOutcome> {
  await requireSame(context, journal.to);
  if (!isUntouched(journal.state)) return await carryOn(context, journal);
  const { kind, from, to, managers, acknowledge, strict } = journal;
  const anew = { ...newJournal(context, { kind, from, to, managers }), acknowledge, strict, ...changes };
  await abandon(context, journal);
  return await carryOn(context, anew);
}

/** Gives up what has changed nothing. */
export async function abandon({ journals, clock }: DeployContext, journal: DeployJournal): Promise<DeployJournal> {
  const given = afterEvent(journal, 'given_up', clock);
  await journals.write(given);
  return given;
}

/** The image as it was when the deployment was begun. Throws deploy_image_missing or deploy_image_moved. */
export async function requireSame({ host }: DeployContext, image: DeployImage): Promise<void> {
  const found = await host.readImage(image.reference);
  if (found.id === image.id) return;
  throw deployError('deploy_image_moved', {
    message: `${image.reference} was ${image.id}, and is ${found.id} now`,
    hint: `Give the name back to the image it had: \`docker tag ${image.id} ${image.reference}\`.`,
  });
}

interface NewTerms {
  readonly kind: DeployKind;
  readonly from: DeployImage;
  readonly to: DeployImage;
  readonly managers: number;
}

/** A journal that is not written yet. */
export function newJournal({ clock, by, machine }: DeployContext, terms: NewTerms): DeployJournal {
  const now = clock.now();
  const state = firstState(terms.kind);
  return {
    formatVersion: 1,
    id: journalIdAt(now),
    entryId: randomUUID(),
    state,
    by,
    host: machine,
    acknowledge: null,
    strict: false,
    bundleId: null,
    pinned: false,
    history: [{ state, at: now.toISOString() }],
    failure: null,
    notes: [],
    ...terms,
  };
}

/** What runs now: what compose is set to, if a manager runs it; else what the first of them runs. */
async function readFrom({ host }: DeployContext, installed: Installed, to: DeployImage): Promise<DeployImage> {
  const [first] = installed.managers;
  if (first === undefined)
    throw deployError('deploy_nothing_runs', {
      message: 'no manager runs here',
      hint: 'For a first start type `docker compose --profile migrate run --rm migrator`, then `docker compose up -d`.',
    });
  const other = installed.managers.find(({ imageId }) => imageId !== to.id) ?? first;
  return await host.keepImage(other.imageId, installed.reference);
}

function unfinished({ id, kind, state, to }: DeployJournal): Error {
  return deployError('deploy_unfinished', {
    message: `the ${kind} ${id} of ${to.version} stands at ${state}`,
    hint:
      kind === 'deploy'
        ? 'Go on with it: `plimsoll release deploy --resume`; or back: `plimsoll release rollback`.'
        : 'Go on with it: `plimsoll release rollback`.',
  });
}
