import type { FormEvent } from 'react';
import { takeBackup } from '../api/backups.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { useBackupChange } from './changes.ts';

interface TakeDialogProps {
  readonly onClose: () => void;
  /** Gets what has been done, in words. */
  readonly onDone: (said: string) => void;
}

/** Says what taking a bundle does, and begins it. */
export function TakeDialog({ onClose, onDone }: TakeDialogProps) {
  const taking = useBackupChange(takeBackup, () => onDone('A bundle is being taken. This page may be left meanwhile.'));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const note = new FormData(event.currentTarget).get('note');
    taking.mutate(typeof note === 'string' ? note.trim() : '');
  };
  return (
    <Dialog title="Take a backup" onClose={onClose}>
      <form className="fields" onSubmit={submit}>
        <p>
          All three databases are read as they are at one moment, each within its own snapshot, and written as one
          bundle to every target. Everything goes on working meanwhile. The queue may be slower; the bundle is given up
          when it gets too slow. Afterwards retention removes what no rule keeps.
        </p>
        {taking.isError ? <ErrorNotice error={taking.error} /> : null}
        <label className="field">
          <span>Keep it for good, because (empty: as retention has it)</span>
          <input name="note" maxLength={500} placeholder="such as: before the upgrade to 1.5.0" />
        </label>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Not now
          </button>
          <button type="submit" className="button" data-kind="main" data-first disabled={taking.isPending}>
            {taking.isPending ? 'Beginning…' : 'Take it now'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
