import type { FormEvent } from 'react';
import type { BundleEntry, PartError, VerificationMethod } from '../../src/contract/index.ts';
import { deleteBackup, downloadPath, pinBackup, unpinBackup, verifyBackup } from '../api/backups.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Icon } from '../parts/Icon.tsx';
import { sentence } from '../parts/sentence.ts';
import { TypedConfirmation } from '../parts/TypedConfirmation.tsx';
import { useBackupChange } from './changes.ts';

interface BundleChangesProps {
  readonly bundle: BundleEntry;
  readonly proveError: PartError | null;
  readonly busy: boolean;
  readonly onDone: (said: string) => void;
}

/** What an administrator can do to a bundle: check it, keep it, take it away, delete it. */
export function BundleChanges(props: BundleChangesProps) {
  return (
    <>
      <Checking {...props} />
      {props.bundle.pin === null ? <Pin {...props} /> : <Unpin {...props} />}
      <Delete {...props} />
    </>
  );
}

function Checking({ bundle: { id }, proveError, busy, onDone }: BundleChangesProps) {
  const checking = useBackupChange(
    async (method: VerificationMethod) => await verifyBackup(id, method),
    ({ kind }) => onDone(kind === 'prove' ? `${id} is being proven.` : `The checksums of ${id} are being read.`),
  );
  const disabled = checking.isPending || busy;
  return (
    <div className="change actions">
      <button
        type="button"
        className="button"
        data-first
        disabled={disabled}
        onClick={() => checking.mutate('checksums')}
      >
        Verify
      </button>
      <button
        type="button"
        className="button"
        disabled={disabled || proveError !== null}
        onClick={() => checking.mutate('restore')}
      >
        Prove
      </button>
      <a className="button" href={downloadPath(id)} download>
        <Icon name="download" />
        Download
      </a>
      <p className="quiet">
        Verifying reads every byte and compares its checksum. Proving restores it into scratch databases and compares
        their rows, which takes as long as a restore.{' '}
        {proveError === null ? null : `It cannot be proven here: ${sentence(proveError.message)}`}
        {busy ? ' A run is under way; one at a time.' : null}
      </p>
      {checking.isError ? <ErrorNotice error={checking.error} /> : null}
    </div>
  );
}

function Pin({ bundle: { id }, onDone }: BundleChangesProps) {
  const pinning = useBackupChange(
    async (note: string) => await pinBackup(id, note),
    () => onDone(`${id} is pinned: it stays until somebody takes the pin away.`),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const note = new FormData(event.currentTarget).get('note');
    pinning.mutate(typeof note === 'string' ? note.trim() : '');
  };
  return (
    <form className="change" onSubmit={submit}>
      <label className="field">
        <span>Keep it for good, because</span>
        <input name="note" maxLength={500} placeholder="such as: before the upgrade to 1.5.0" />
      </label>
      <button type="submit" className="button" disabled={pinning.isPending}>
        Pin
      </button>
      {pinning.isError ? <ErrorNotice error={pinning.error} /> : null}
    </form>
  );
}

function Unpin({ bundle: { id }, onDone }: BundleChangesProps) {
  const unpinning = useBackupChange(unpinBackup, () =>
    onDone(`${id} is no longer pinned: retention decides about it.`),
  );
  return (
    <div className="change">
      <p>Without its pin it goes as soon as no rule of retention keeps it.</p>
      <button type="button" className="button" disabled={unpinning.isPending} onClick={() => unpinning.mutate(id)}>
        Unpin
      </button>
      {unpinning.isError ? <ErrorNotice error={unpinning.error} /> : null}
    </div>
  );
}

function Delete({ bundle: { id }, onDone }: BundleChangesProps) {
  const deleting = useBackupChange(deleteBackup, () => onDone(`${id} is deleted from every target.`));
  return (
    <TypedConfirmation
      about="Deleting removes it from every target, for good. A pinned bundle and the last proven one are not deleted."
      ask="To delete it, type its id:"
      name={id}
      mono
      act="Delete"
      busy={deleting.isPending}
      error={deleting.isError ? <ErrorNotice error={deleting.error} /> : null}
      onAct={() => deleting.mutate(id)}
    />
  );
}
