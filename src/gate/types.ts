import type { ClosedPart, DatabasePosture, GateState, Maintenance } from '../contract/index.ts';

/** What the gate can switch off: scans and the other product routes, and the handing out of jobs. */
export const gatedParts = ['product', 'leases'] as const;
export type GatedPart = (typeof gatedParts)[number];

/** The one registry that both enforces and reports what is switched off. */
export interface Gate {
  state(): GateState;
  isOpen(part: GatedPart): boolean;
  /** The first reason for which the part is switched off; undefined while it is on. */
  closedBy(part: GatedPart): ClosedPart | undefined;
  /**
   * Takes in a new reading of the databases, and the record of maintenance if there is one; called by the posture after
   * each refresh.
   */
  update(databases: readonly DatabasePosture[], maintenance?: Maintenance | null): void;
}
