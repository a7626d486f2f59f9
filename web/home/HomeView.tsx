import type { Found, ReleasePosture, Scan } from '../../src/contract/index.ts';
import { BackupCard } from './BackupCard.tsx';
import { DatabasesCard } from './DatabasesCard.tsx';
import { FindingsCard } from './FindingsCard.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { FleetCard, QueueCard } from './FleetCard.tsx';
import { HomeVerdict } from './HomeVerdict.tsx';
import { PreflightCard } from './PreflightCard.tsx';

export interface HomeViewProps {
  /** Undefined until it has been read; null for those who may not read it. */
  readonly posture: ReleasePosture | undefined | null;
  /** Undefined until they have been read, and while they cannot be. */
  readonly scans: readonly Scan[] | undefined;
  readonly scansError: Error | null;
  /** The newest scan that has found something. */
  readonly newest: Scan | undefined;
  /** What it found; undefined until that has been read. */
  readonly findings: readonly Found[] | undefined;
  /** What whoever looks may do. */
  readonly may: { readonly scan: boolean; readonly administer: boolean };
}

/** The deployment at a glance. Shows what it is given and asks nobody. */
export function HomeView(props: HomeViewProps) {
  const { posture, may } = props;
  return (
    <div className="page-parts">
      {posture ? <HomeVerdict posture={posture} /> : null}
      <FirstSteps {...props} />
      {posture ? (
        <div className="home-cards">
          <DatabasesCard databases={posture.databases} />
          <BackupCard backup={posture.lastBackup} />
          <FleetCard scanners={posture.scanners} />
          <QueueCard queue={posture.scanners.queuedJobs} />
          <PreflightCard posture={posture} />
        </div>
      ) : null}
      <FindingsCard {...props} mayScan={may.scan} />
    </div>
  );
}
