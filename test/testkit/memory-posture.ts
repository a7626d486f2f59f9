import { createHash } from 'node:crypto';
import { databaseNames, releasePostureSchema, type ClosedPart, type ReleasePosture } from '../../src/contract/index.ts';
import type { Gate } from '../../src/gate/types.ts';
import type { PostureSource, PostureView } from '../../src/posture/types.ts';

const instant = '2026-01-01T00:00:00.000Z';

/** A posture in which all is well. */
export function healthyPosture(): ReleasePosture {
  return releasePostureSchema.parse({
    generatedAt: instant,
    verdict: { status: 'ok', headline: 'Running well', reasons: [] },
    app: { version: '1.0.0', imageSha: 'unknown', startedAt: instant, migratorCommand: 'npx plimsoll migrator' },
    gate: { open: true, closedParts: [] },
    databases: databaseNames.map((name) => ({
      name,
      status: 'ok',
      current: 4,
      required: 4,
      pending: [],
      problems: [],
      migrating: false,
      aheadAllowed: null,
      error: null,
      readAt: instant,
      lastKnown: null,
    })),
    migrations: [],
    lastBackup: {
      status: 'none',
      bundle: null,
      ageSeconds: null,
      error: null,
      readAt: instant,
      lastKnown: null,
      service: null,
      migratedSince: [],
      waysBack: [],
    },
    scanners: {
      status: 'ok',
      window: { min: 1, max: 2 },
      total: 0,
      inWindow: 0,
      outsideWindow: 0,
      outsideAsleep: 0,
      groups: [],
      error: null,
      readAt: instant,
      queuedJobs: { status: 'ok', total: 0, more: false, withoutScanner: 0, error: null, readAt: instant },
      lastKnown: null,
    },
    preflight: null,
    preflightReading: { status: 'none', error: null, readAt: instant },
    horizon: {
      status: 'ok',
      now: null,
      after: null,
      movedBy: null,
      message: 'you can go back to any release without a restore',
    },
    candidate: null,
  });
}

/** A closed part as the gate reports it while the jobs database is behind. */
export const jobsBehind: ClosedPart = {
  part: 'product',
  code: 'schema_behind',
  database: 'jobs',
  current: 3,
  required: 4,
  message: 'the jobs database is at version 3, this release requires 4',
  remedy: 'docker compose --profile migrate run --rm migrator',
  since: instant,
};

/** Posture and gate held in memory, which a test sets by hand. */
export interface MemoryPosture {
  readonly source: PostureSource;
  readonly gate: Gate;
  set(posture: ReleasePosture): void;
  /** Closes the gate for these reasons; none opens it. */
  close(...parts: readonly ClosedPart[]): void;
}

/** A posture source and a gate that begin healthy and open. */
export function memoryPosture(): MemoryPosture {
  let view = viewOf(healthyPosture());
  const listeners = new Set<(view: PostureView) => void>();
  const set = (posture: ReleasePosture): void => {
    view = viewOf(posture);
    for (const listener of listeners) listener(view);
  };
  return {
    source: {
      current: () => view,
      whenRead: async () => await Promise.resolve(),
      refresh: async () => await Promise.resolve(view),
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    gate: {
      state: () => view.posture.gate,
      closedBy: (part) => view.posture.gate.closedParts.find((closed) => closed.part === part),
      isOpen: (part) => view.posture.gate.closedParts.every((closed) => closed.part !== part),
      update: () => undefined,
    },
    set,
    close: (...closedParts) => {
      set({ ...view.posture, gate: { open: closedParts.length === 0, closedParts: [...closedParts] } });
    },
  };
}

function viewOf(posture: ReleasePosture): PostureView {
  const json = JSON.stringify(posture);
  return { posture, json, etag: `"${createHash('sha256').update(json).digest('base64url').slice(0, 22)}"` };
}
