import { messageOf, type Clock, type Log } from '../base/index.ts';
import type { Maintenance, Manifest, ReleasePosture } from '../contract/index.ts';
import type { Gate } from '../gate/index.ts';
import { composeCandidate } from './compose-candidate.ts';
import { composeDatabases, composeOthers, listUncheckedDrift, listUnsupportedPostgres } from './compose.ts';
import type { Composition } from './composition.ts';
import { mergeKnown, nothingKnown, remember, type LastKnown } from './last-known.ts';
import { nothingRead, type Readings } from './readings.ts';
import type { PostureView } from './types.ts';
import { judge } from './verdict.ts';
import { viewOf } from './view.ts';

export interface BoardOptions {
  readonly manifest: Manifest;
  readonly imageSha: string;
  /** Told about every reading of the databases before the verdict is made. */
  readonly gate: Gate;
  readonly migratorCommand: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is known at this moment, and the view that is made of it. */
export interface Board {
  readings(): Readings;
  lastKnown(): LastKnown;
  current(): PostureView;
  /** Takes in what an earlier process knew, of parts that were not read since. */
  recall(known: LastKnown): void;
  /** Takes in new readings, decides the gate, judges and publishes. */
  post(change: Partial<Readings>): void;
  onChange(listener: (view: PostureView) => void): () => void;
}

/** Makes a board on which nothing has been read yet; its view is whole from the first instant. */
export function createBoard(options: BoardOptions): Board {
  const { clock, log } = options;
  const startedAt = clock.now();
  const listeners = new Set<(view: PostureView) => void>();
  let readings = nothingRead;
  let lastKnown = nothingKnown;
  let maintenance: Maintenance | null = null;
  const makeView = (): PostureView => viewOf(assemble({ options, readings, lastKnown, maintenance, startedAt }));
  let view = makeView();

  const publish = (): void => {
    const before = view;
    view = makeView();
    if (view.etag === before.etag) return;
    logChange(log, before.posture, view.posture);
    for (const listener of listeners) callSafely(() => listener(view), log);
  };
  return {
    readings: () => readings,
    lastKnown: () => lastKnown,
    current: () => view,
    recall: (known) => {
      lastKnown = mergeKnown(lastKnown, known);
    },
    post: (change) => {
      readings = { ...readings, ...change };
      lastKnown = remember(lastKnown, readings);
      // Databases that are being exchanged cannot be read for a moment: what was read of the work on them still holds.
      if ('value' in readings.schemas.config) ({ maintenance } = readings.schemas.config.value);
      publish();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface Moment extends Pick<Composition, 'readings' | 'lastKnown'> {
  readonly options: BoardOptions;
  readonly maintenance: Maintenance | null;
  readonly startedAt: Date;
}

/** Readings → databases → gate → the other parts → verdict, all of one moment. */
function assemble({ options, readings, lastKnown, maintenance, startedAt }: Moment): ReleasePosture {
  const { manifest, imageSha, gate, clock, migratorCommand } = options;
  const now = clock.now();
  const composition = { manifest, readings, lastKnown, now };
  const databases = composeDatabases(composition);
  gate.update(databases, maintenance);
  const others = composeOthers(composition);
  const held = { databases, gate: gate.state(), ...others };
  const parts = {
    generatedAt: now.toISOString(),
    app: { version: manifest.appVersion, imageSha, startedAt: startedAt.toISOString(), migratorCommand },
    ...held,
    candidate: composeCandidate(composition, held, migratorCommand),
  };
  const verdict = judge({
    parts,
    uncheckedDrift: listUncheckedDrift(composition),
    unsupportedPostgres: listUnsupportedPostgres(composition),
    now,
    migratorCommand,
  });
  const { generatedAt, ...rest } = parts;
  return { generatedAt, verdict, ...rest };
}

function logChange(log: Log, before: ReleasePosture, after: ReleasePosture): void {
  if (before.verdict.headline === after.verdict.headline) return;
  const facts = { verdict: after.verdict.status, before: before.verdict.status, gateOpen: after.gate.open };
  if (after.verdict.status === 'stopped') log.warn(facts, after.verdict.headline);
  else log.info(facts, after.verdict.headline);
}

function callSafely(call: () => void, log: Log): void {
  try {
    call();
  } catch (error) {
    log.error({ reason: messageOf(error), err: error }, 'a listener of the posture failed');
  }
}
