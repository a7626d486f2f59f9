import type { DatabaseName, DatabaseStatus } from '../../src/contract/index.ts';
import { Breaches } from './Breaches.tsx';
import { DatabaseCards } from './DatabaseCards.tsx';
import { LocksPart } from './Locks.tsx';
import { ReplicationPart } from './Replication.tsx';
import { HorizonPart, VacuumPart, WraparoundPart } from './Rows.tsx';
import { ConnectionsPart, ServerPart } from './Server.tsx';
import { SessionsPart } from './Sessions.tsx';
import { CachePart, IndexesPart, SizePart, TablesPart } from './Storage.tsx';
import { Thresholds } from './Thresholds.tsx';
import { WorkPart } from './Work.tsx';
import { chosenOf } from './words.ts';

interface DatabasesViewProps {
  readonly status: DatabaseStatus;
  /** Which database was asked for; absent: the one that is worst off. */
  readonly wanted: DatabaseName | '' | undefined;
  readonly onChoose: (name: DatabaseName) => void;
}

/** All databases at a glance, and one of them part by part. Shows what it is given and asks nobody. */
export function DatabasesView({ status, wanted, onChoose }: DatabasesViewProps) {
  const chosen = chosenOf(status.databases, wanted);
  if (chosen === undefined) return null;
  const { sections } = chosen;
  const props = { sections, silent: chosen.error !== null };
  return (
    <div className="page-parts">
      <DatabaseCards databases={status.databases} chosen={chosen.name} onChoose={onChoose} />
      <div className="page-parts" data-stale={chosen.error !== null}>
        <Breaches report={chosen} />
        <LocksPart {...props} />
        <div className="health-pair">
          <WorkPart {...props} />
          <SessionsPart {...props} />
          <ServerPart {...props} />
          <ConnectionsPart {...props} />
          <HorizonPart {...props} />
          <VacuumPart {...props} />
          <WraparoundPart {...props} />
          <TablesPart {...props} />
          <SizePart {...props} />
          <CachePart {...props} />
          <ReplicationPart {...props} />
          <IndexesPart {...props} />
        </div>
      </div>
      <Thresholds thresholds={status.thresholds} />
    </div>
  );
}
