import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { KeyProof } from '../../src/contract/index.ts';
import { answerKey, challengeKey } from '../api/backups.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Command, CopyButton } from '../parts/Copy.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { useBackupChange } from './changes.ts';

interface KeyDialogProps {
  readonly proof: KeyProof;
  readonly onClose: () => void;
  /** Gets what has been done, in words. */
  readonly onDone: (said: string) => void;
}

/** Has the holder of a private key read a short text, where the key is, and give it back. The key itself stays there. */
export function KeyDialog({ proof: { recipient }, onClose, onDone }: KeyDialogProps) {
  const asking = useQuery({
    queryKey: ['key-challenge', recipient],
    queryFn: async () => await challengeKey(recipient),
    staleTime: Infinity,
    gcTime: 0,
  });
  const answering = useBackupChange(
    async (text: string) => await answerKey(recipient, text),
    () => onDone('The key is there: that is on record now, with the date and your name.'),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get('text');
    answering.mutate(typeof text === 'string' ? text.trim() : '');
  };
  return (
    <Dialog title="Show that you hold the key" onClose={onClose}>
      <form className="fields" onSubmit={submit}>
        <p>
          This text is encrypted to <code>{recipient}</code>. Read it on the machine that has the private key; never
          bring the key here.
        </p>
        {asking.isError ? <ErrorNotice error={asking.error} /> : null}
        {asking.data === undefined ? null : (
          <>
            <pre className="challenge">{asking.data.challenge}</pre>
            <CopyButton text={() => asking.data.challenge} label="Copy the text" />
          </>
        )}
        <div className="labelled">
          <p>With the text in a file, type there:</p>
          <Command text="age -d -i key.txt challenge.age" />
        </div>
        {answering.isError ? <ErrorNotice error={answering.error} /> : null}
        <label className="field">
          <span>What it says</span>
          <input name="text" data-first required maxLength={500} autoComplete="off" spellCheck={false} />
        </label>
        <div className="dialog-foot">
          <button type="button" className="button" disabled={asking.isFetching} onClick={() => void asking.refetch()}>
            Another text
          </button>
          <button
            type="submit"
            className="button"
            data-kind="main"
            disabled={answering.isPending || asking.data === undefined}
          >
            Record it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
