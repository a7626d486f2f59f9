import type { ClosedPart, DatabasePosture, GateState, Maintenance } from '../contract/index.ts';
import { closingReason, maintenanceReason, type ClosingReason } from './closing-reason.ts';
import { gatedParts, type GatedPart } from './types.ts';

export interface GateInput {
  readonly databases: readonly DatabasePosture[];
  /** Of the config database; null when there is none. */
  readonly maintenance: Maintenance | null;
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
export function planGate({ databases, maintenance, previous, now, migratorCommand }: GateInput): GateState {
  const bySchema = databases.flatMap((database) => {
    const reason = closingReason(database, migratorCommand);
    if (reason === null) return [];
    return gatedParts.map((part) =>
      closedPart(part, database, {
        reason,
        since: sinceOf({ part, database: database.name, code: reason.code }, previous) ?? now.toISOString(),
      }),
    );
  });
  // First: while somebody works on the databases, what is wrong with them besides is no news.
  const closedParts = [...byMaintenance({ databases, maintenance, migratorCommand }), ...bySchema];
  return { open: closedParts.length === 0, closedParts };
}

/** The record lies in the config database, which is therefore the one named. */
function byMaintenance({
  databases,
  maintenance,
  migratorCommand,
}: Pick<GateInput, 'databases' | 'maintenance' | 'migratorCommand'>): ClosedPart[] {
  const config = databases.find(({ name }) => name === 'config');
  if (maintenance === null || config === undefined) return [];
  const reason = maintenanceReason(maintenance, migratorCommand);
  return gatedParts.map((part) => closedPart(part, config, { reason, since: maintenance.since }));
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
