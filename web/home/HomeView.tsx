import { BackupCard } from './BackupCard.tsx';
import { DatabasesCard } from './DatabasesCard.tsx';
import { FindingsCard } from './FindingsCard.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { FleetCard, QueueCard } from './FleetCard.tsx';
import { HomeVerdict } from './HomeVerdict.tsx';
import type { HomeViewProps } from './parts.ts';
import { PreflightCard } from './PreflightCard.tsx';

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
