import type { Clock } from '../base/index.ts';
import type { GateState, Manifest } from '../contract/index.ts';
import { planGate } from './plan.ts';
import type { Gate } from './types.ts';
import { unreadDatabases } from './unread.ts';

export interface GateOptions {
  readonly manifest: Manifest;
  readonly clock: Clock;
  /** How the migrator is started in this deployment, for the remedies. */
  readonly migratorCommand: string;
}

/** Makes the process's gate: closed until the first reading says otherwise. */
export function createGate({ manifest, clock, migratorCommand }: GateOptions): Gate {
  const plan = (databases: Parameters<Gate['update']>[0], previous: GateState): GateState =>
    planGate({ databases, previous, now: clock.now(), migratorCommand });
  let state = plan(unreadDatabases(manifest), { open: false, closedParts: [] });
  const closedBy: Gate['closedBy'] = (part) => state.closedParts.find((closed) => closed.part === part);
  return {
    state: () => state,
    isOpen: (part) => closedBy(part) === undefined,
    closedBy,
    update: (databases) => {
      state = plan(databases, state);
    },
  };
}
