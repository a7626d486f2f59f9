import type { Clock } from '../base/index.ts';
import type { GateState, Manifest } from '../contract/index.ts';
import { planGate, type GateInput } from './plan.ts';
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
  const plan = (input: Pick<GateInput, 'databases' | 'maintenance' | 'previous'>): GateState =>
    planGate({ ...input, now: clock.now(), migratorCommand });
  const unread = { databases: unreadDatabases(manifest), maintenance: null };
  let state = plan({ ...unread, previous: { open: false, closedParts: [] } });
  const closedBy: Gate['closedBy'] = (part) => state.closedParts.find((closed) => closed.part === part);
  return {
    state: () => state,
    isOpen: (part) => closedBy(part) === undefined,
    closedBy,
    update: (databases, maintenance = null) => {
      state = plan({ databases, maintenance, previous: state });
    },
  };
}
