import type { ReactNode } from 'react';
import type { ReleasePosture } from '../../src/contract/index.ts';
import type { ReleaseSearch } from '../app/search.ts';
import { GateState } from './GateState.tsx';
import { LastBackupPart } from './LastBackup.tsx';
import { MigrationHistory } from './MigrationHistory.tsx';
import { PreflightPart } from './Preflight.tsx';
import { ScannerFleet } from './ScannerFleet.tsx';
import { SchemaVersions } from './SchemaVersions.tsx';
import { UpgradePart } from './Upgrade.tsx';
import { VerdictPart } from './Verdict.tsx';

interface ReleaseViewProps {
  readonly posture: ReleasePosture;
  readonly search: ReleaseSearch;
  readonly onSearch: (part: ReleaseSearch) => void;
  /** How it came to be so; null where the page itself is of the past. */
  readonly history: ReactNode;
}

/** The posture on the page, from the answer down to the records. Shows what it is given and asks nobody. */
export function ReleaseView({ posture, search, onSearch, history }: ReleaseViewProps) {
  const missing = posture.verdict.reasons.find((reason) => reason.code === 'preflight_missing');
  return (
    <div className="page-parts">
      <VerdictPart verdict={posture.verdict} app={posture.app} nextCommand={posture.candidate?.next.command} />
      <GateState gate={posture.gate} />
      <UpgradePart posture={posture} />
      <SchemaVersions databases={posture.databases} gate={posture.gate} />
      <div className="release-pair">
        <LastBackupPart backup={posture.lastBackup} />
        <ScannerFleet scanners={posture.scanners} />
      </div>
      <PreflightPart run={posture.preflight} reading={posture.preflightReading} remedy={missing?.remedy ?? ''} />
      <MigrationHistory
        migrations={posture.migrations}
        databases={posture.databases}
        migratorCommand={posture.app.migratorCommand}
        search={search}
        onSearch={onSearch}
      />
      {history}
    </div>
  );
}
