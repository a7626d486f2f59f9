import type { ApiToken } from '../../src/contract/index.ts';
import { useChange } from '../api/change.ts';
import { revokeToken } from '../api/tokens.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { AskDialog } from '../parts/AskDialog.tsx';
import { Ago } from '../parts/Time.tsx';
import { visible } from '../parts/visible.ts';

interface RevokeDialogProps {
  readonly token: ApiToken;
  readonly onClose: () => void;
  /** Gets what has been done, in words. */
  readonly onDone: (said: string) => void;
}

/** Asks once more before an API token is revoked. */
export function RevokeDialog({ token, onClose, onDone }: RevokeDialogProps) {
  const name = visible(token.name);
  const revoking = useChange([['tokens']], revokeToken, () =>
    onDone(`${name} is revoked: it is refused from now on, by other managers within seconds.`),
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
      The program that carries <strong>{name}</strong> is shut out for good.{' '}
      {token.lastUsedAt === null ? (
        'It has not been seen in use.'
      ) : (
        <>
          It was last used <Ago at={token.lastUsedAt} />.
        </>
      )}
    </AskDialog>
  );
}
