import type { BackupList, BackupRun, BackupStatus, KeyProof } from '../../src/contract/index.ts';
import type { Heard } from '../api/backups.ts';
import { BundleList } from './BundleList.tsx';
import { KeyProofs } from './KeyProofs.tsx';
import { Overview } from './Overview.tsx';
import { Runs } from './Runs.tsx';
import { SilentService } from './SilentService.tsx';
import { Targets } from './Targets.tsx';
import { UnderWay } from './UnderWay.tsx';

interface BackupsViewProps {
  readonly status: Heard<BackupStatus>;
  /** Undefined until it was first asked for. */
  readonly list: Heard<BackupList> | undefined;
  readonly run: BackupRun | null;
  readonly showsAll: boolean;
  readonly onShowAll: () => void;
  readonly onOpen: (id: string) => void;
  /** Absent for those who may not, and while the service is silent. */
  readonly onTake: (() => void) | undefined;
  readonly onProveKey: ((proof: KeyProof) => void) | undefined;
  readonly mayChange: boolean;
  readonly onSaid: (words: string) => void;
}

/** Everything of Admin > Backups under its head. Shows what it is given and asks nobody. */
export function BackupsView({ status, list, run, ...props }: BackupsViewProps) {
  const { said, silence } = status;
  return (
    <div className="page-parts">
      {silence === null ? null : <SilentService silence={silence} saidAt={status.saidAt} />}
      {said === null ? null : (
        <>
          <div className="backups-top">
            <Overview status={said} newest={list?.said?.bundles[0]} onOpen={props.onOpen} />
            <UnderWay
              run={run}
              status={said}
              isHeard={silence === null}
              mayChange={props.mayChange}
              onSaid={props.onSaid}
            />
          </div>
          <BundleList list={list} status={said} {...props} />
          <Targets targets={said.targets} />
          <KeyProofs keys={said.keys} onProve={props.onProveKey} />
          <Runs runs={said.recentRuns} onOpen={props.onOpen} />
        </>
      )}
    </div>
  );
}
