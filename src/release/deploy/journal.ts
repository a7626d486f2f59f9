import { z } from 'zod';
import { messageOf, openJournalFolder, type Clock, type JournalFolder } from '../../base/index.ts';
import { bundleIdSchema } from '../../contract/index.ts';
import { deployError } from './errors.ts';
import { deployKinds, deployStates, nextState, type DeployEvent } from './states.ts';

const instant = z.iso.datetime();

const imageSchema = z.strictObject({
  /** What compose starts it by. */
  reference: z.string().min(1),
  id: z.string().min(1),
  /** The release; `unknown` without its label. */
  version: z.string(),
  /** The commit; `unknown` without its label. */
  commit: z.string(),
});
/** An image as the host knows it. */
export type DeployImage = z.infer<typeof imageSchema>;

const journalSchema = z.strictObject({
  formatVersion: z.literal(1),
  /** When it was begun: YYYYMMDDhhmmss and milliseconds, in UTC. */
  id: z.string().regex(/^\d{17}$/),
  /** Of its entry in the deployment's history. */
  entryId: z.uuid(),
  kind: z.enum(deployKinds),
  state: z.enum(deployStates),
  by: z.string(),
  host: z.string(),
  from: imageSchema,
  to: imageSchema,
  /** How many managers there are to be. */
  managers: z.int().min(1),
  /** Handed to preflight. */
  acknowledge: z.string().nullable(),
  strict: z.boolean(),
  /** The way back: taken before the migration. Of a rollback: that of what it goes back from. */
  bundleId: bundleIdSchema.nullable(),
  /** Whether this deployment still holds the pin of its bundle. */
  pinned: z.boolean(),
  history: z.array(z.strictObject({ state: z.enum(deployStates), at: instant })),
  /** Why its work stands still; null while it is at work, was killed, or is done. */
  failure: z.strictObject({ code: z.string(), message: z.string(), hint: z.string(), at: instant }).nullable(),
  /** What is left to attend to, now that it is done. */
  notes: z.array(z.string()),
});
/** How far one deployment of a release, or one rollback, is. */
export type DeployJournal = z.infer<typeof journalSchema>;

/** The journals of all deployments. */
export type DeployJournals = JournalFolder<DeployJournal>;

/** Opens the journals in a folder. Listing them throws `deploy_journal_unreadable`. */
export function openDeployJournals(folder: string): DeployJournals {
  return openJournalFolder({
    folder,
    idPattern: /^\d{17}$/,
    parse: (value) => journalSchema.parse(value),
    unreadable,
  });
}

/** The journal after an event, which has to be one that can happen; what had failed is forgotten. */
export function afterEvent(journal: DeployJournal, event: DeployEvent, clock: Clock): DeployJournal {
  const state = nextState(journal.state, event);
  if (state === null) throw new TypeError(`${event} cannot happen to a deployment that is ${journal.state}`);
  const history = [...journal.history, { state, at: clock.now().toISOString() }];
  return { ...journal, state, failure: null, history };
}

/** The id of a deployment that is begun now. */
export function journalIdAt(now: Date): string {
  return now.toISOString().replaceAll(/\D/g, '').slice(0, 17);
}

function unreadable(path: string, cause: unknown): Error {
  return deployError('deploy_journal_unreadable', {
    message: `${path}, which says how far a deployment is, cannot be used: ${messageOf(cause).slice(0, 200)}`,
    hint: `See by \`docker compose ps\` which image the managers run, and by \`docker compose --profile migrate run --rm migrator status\` where the databases are. When all of it is of one release, move ${path} away.`,
    cause,
  });
}
