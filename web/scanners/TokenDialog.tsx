import type { EnrolmentTokenEntry } from '../../src/contract/index.ts';
import { revokeEnrolmentToken } from '../api/scanners.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { AskDialog } from '../parts/AskDialog.tsx';
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
    <AskDialog
      title="Revoke this token?"
      keep="Keep it"
      act="Revoke the token"
      busy={revoking.isPending}
      error={revoking.isError ? <ErrorNotice error={revoking.error} /> : null}
      onClose={onClose}
      onAct={() => revoking.mutate(token.id)}
    >
      The token for <strong>{noteOf(token)}</strong> could still enrol {countOf(token.maxUses - token.uses, 'scanner')}.
      Those that have enrolled with it stay.
    </AskDialog>
  );
}
