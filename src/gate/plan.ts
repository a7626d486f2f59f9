import type { ClosedPart, DatabasePosture, GateState } from '../contract/index.ts';
import { closingReason, type ClosingReason } from './closing-reason.ts';
import { gatedParts, type GatedPart } from './types.ts';

export interface GateInput {
  readonly databases: readonly DatabasePosture[];
  readonly previous: GateState;
  readonly now: Date;
  /** How the migrator is started in this deployment, for the remedies. */
  readonly migratorCommand: string;
}

/**
 * The gate that follows from a reading. There is no grace: a database that could not be read closes the gate with
 * that very reading, and the next good one opens it. Hiccups are the reader's business, which asks again on a
 * fresh connection before it says `unknown`.
 */
export function planGate({ databases, previous, now, migratorCommand }: GateInput): GateState {
  const closedParts = databases.flatMap((database) => {
    const reason = closingReason(database, migratorCommand);
    if (reason === null) return [];
    return gatedParts.map((part) =>
      closedPart(part, database, {
        reason,
        since: sinceOf({ part, database: database.name, code: reason.code }, previous) ?? now.toISOString(),
      }),
    );
  });
  return { open: closedParts.length === 0, closedParts };
}

function closedPart(
  part: GatedPart,
  { name, current, required }: DatabasePosture,
  { reason, since }: { reason: ClosingReason; since: string },
): ClosedPart {
  const { code, message, remedy } = reason;
  return { part, code, database: name, current, required, message, remedy, since };
}

/** When this part was closed by this database for this same reason; undefined if it was not until now. */
function sinceOf(closed: Pick<ClosedPart, 'part' | 'database' | 'code'>, previous: GateState): string | undefined {
  const before = previous.closedParts.find(
    ({ part, database, code }) => part === closed.part && database === closed.database && code === closed.code,
  );
  return before?.since;
}
