import type { DatabasePosture, GateState } from '../contract/index.ts';

/** What the gate can switch off. */
export type GatedPart = 'product' | 'leases';

/** The one registry that both enforces and reports what is switched off. */
export interface Gate {
  state(): GateState;
  isOpen(part: GatedPart): boolean;
  /** Takes in a new reading of the databases; called by the posture after each refresh. */
  update(databases: readonly DatabasePosture[]): void;
}
