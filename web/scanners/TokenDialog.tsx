import type { EnrolmentTokenEntry } from '../../src/contract/index.ts';
import { revokeEnrolmentToken } from '../api/scanners.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { countOf } from '../parts/size.ts';
import { useFleetChange } from './changes.ts';
import { noteOf } from './EnrolmentTokens.tsx';

interface TokenDialogProps {
  readonly token: EnrolmentTokenEntry;
  readonly onClose: () => void;
  /** Gets what has been done, in words. */
  readonly onDone: (said: string) => void;
}

/** Asks once more before an enrolment token is revoked. */
export function TokenDialog({ token, onClose, onDone }: TokenDialogProps) {
  const revoking = useFleetChange(revokeEnrolmentToken, () =>
    onDone(`The token for ${noteOf(token)} is revoked: no scanner enrols with it any more.`),
  );
  return (
    <Dialog title="Revoke this token?" onClose={onClose}>
      <div className="fields">
        <p>
          The token for <strong>{noteOf(token)}</strong> could still enrol{' '}
          {countOf(token.maxUses - token.uses, 'scanner')}. Those that have enrolled with it stay.
        </p>
        {revoking.isError ? <ErrorNotice error={revoking.error} /> : null}
        <div className="dialog-foot">
          <button type="button" className="button" data-first onClick={onClose}>
            Keep it
          </button>
          <button
            type="button"
            className="button"
            data-kind="danger"
            disabled={revoking.isPending}
            onClick={() => revoking.mutate(token.id)}
          >
            Revoke the token
          </button>
        </div>
      </div>
    </Dialog>
  );
}
