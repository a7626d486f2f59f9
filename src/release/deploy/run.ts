import { AppError } from '../../base/index.ts';
import type { DeployContext } from './context.ts';
import { afterEvent, type DeployJournal } from './journal.ts';
import { enter } from './enter.ts';
import { judge } from './judge.ts';
import { migrate } from './migrate.ts';
import { replaceManagers } from './replace-managers.ts';
import { save } from './save.ts';
import { isUnfinished, type DeployState } from './states.ts';
import { releaseEarlierPins } from './unpin.ts';
import { verify } from './verify.ts';

/** What a state's work has found out, for the journal. */
type Facts = Partial<Pick<DeployJournal, 'bundleId' | 'pinned' | 'notes'>>;
type Work = (context: DeployContext, journal: DeployJournal) => Promise<Facts>;

/** The work of each state; all of it may be done again after it was interrupted. */
const work: Readonly<Record<Exclude<DeployState, 'done' | 'abandoned'>, Work>> = {
  judging: async (context, journal) => {
    await judge(context, journal);
    return {};
  },
  saving: async (context, journal) => ({ bundleId: await save(context, journal), pinned: true }),
  migrating: async (context, journal) => {
    await migrate(context, journal);
    return {};
  },
  replacing: async (context, journal) => {
    await replaceManagers(context, journal);
    return {};
  },
  settling: async ({ host }, { to }) => {
    await host.startOthers(to);
    return {};
  },
  verifying: async (context, journal) => {
    const notes = await verify(context, journal);
    await enter(context, journal);
    return { notes: [...notes, ...(await releaseEarlierPins(context, journal))] };
  },
};

/** How far it came: done, or standing still for the reason in `error`, which is in the journal too. */
export interface DeployOutcome {
  readonly journal: DeployJournal;
  readonly error: AppError | null;
}

/** Goes on from where the journal is, to its end or to the first thing that fails; nothing is undone by itself. */
export async function carryOn(context: DeployContext, begun: DeployJournal): Promise<DeployOutcome> {
  let journal: DeployJournal = { ...begun, failure: null };
  await context.journals.write(journal);
  while (isUnfinished(journal.state)) {
    const { state } = journal;
    if (state === 'done' || state === 'abandoned') break;
    try {
      context.signal.throwIfAborted();
      const facts = await work[state](context, journal);
      journal = afterEvent({ ...journal, ...facts }, 'worked', context.clock);
      await context.journals.write(journal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { code, message, hint } = error;
      const failure = { code, message, hint, at: context.clock.now().toISOString() };
      journal = { ...afterEvent(journal, 'failed', context.clock), failure };
      await context.journals.write(journal);
      return { journal, error };
    }
  }
  return { journal, error: null };
}
