import { useQuery } from '@tanstack/react-query';
import type { BackupDetail, PartError, RestoreStep } from '../../src/contract/index.ts';
import { backupQuery } from '../api/backups.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Command } from '../parts/Copy.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { BundleChanges } from './BundleChanges.tsx';
import { BundleContents } from './BundleContents.tsx';
import { BundleFacts } from './BundleFacts.tsx';
import { Ledger } from './Ledger.tsx';

interface BundleDialogProps {
  readonly id: string;
  readonly mayChange: boolean;
  /** What stands in the way of proving; null when nothing does. */
  readonly proveError: PartError | null;
  /** A run is under way, so that no other can begin. */
  readonly busy: boolean;
  readonly onClose: () => void;
  /** Gets what has been done, in words. */
  readonly onDone: (said: string) => void;
}

/** All that is known of one bundle, how it is brought back, and what an administrator can do to it. */
export function BundleDialog(props: BundleDialogProps) {
  const { id, onClose } = props;
  const { data, error } = useQuery(backupQuery(id));
  return (
    <Dialog title={`Bundle ${id}`} onClose={onClose} wide>
      <div className="fields">
        {error === null ? null : <ErrorNotice error={error} />}
        {data === undefined ? (
          error === null && <div className="bone bone-list" aria-hidden="true" />
        ) : (
          <Details detail={data} {...props} />
        )}
      </div>
    </Dialog>
  );
}

function Details({ detail, mayChange, ...props }: BundleDialogProps & { readonly detail: BackupDetail }) {
  const { bundle } = detail;
  return (
    <>
      <BundleFacts bundle={bundle} />
      {mayChange ? <BundleChanges bundle={bundle} {...props} /> : null}
      <BundleContents bundle={bundle} />
      <Ledger verifications={bundle.verifications} />
      <Restore detail={detail} />
    </>
  );
}

function Restore({ detail: { restore, byHand } }: { readonly detail: BackupDetail }) {
  return (
    <section className="detail" aria-labelledby="restore-heading">
      <h3 id="restore-heading">How to bring it back</h3>
      <p className="quiet">
        Restoring is for a terminal: it replaces all three databases, so no button here does it. Managers are held back
        by it and go on by themselves afterwards.
      </p>
      <Steps steps={restore} />
      <details className="tables">
        <summary>By hand, without Plimsoll: with the PostgreSQL client programs alone</summary>
        <Steps steps={byHand} />
      </details>
    </section>
  );
}

function Steps({ steps }: { readonly steps: readonly RestoreStep[] }) {
  return (
    <ol className="steps">
      {steps.map(({ what, command }) => (
        <li key={`${what} ${command}`}>
          <p>{what}</p>
          <Command text={command} />
        </li>
      ))}
    </ol>
  );
}
