import { useState, type FormEvent } from 'react';
import type { MadeUser, User } from '../../src/contract/index.ts';
import { useChange } from '../api/change.ts';
import { changeUser, resetPassword } from '../api/users.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { OnceShown } from '../parts/OnceShown.tsx';
import { readRole, RoleField } from '../parts/RoleField.tsx';
import { visible } from '../parts/visible.ts';

const keys = [['users']];

interface UserDialogProps {
  readonly user: User;
  /** Nobody takes away their own role, or switches themselves off. */
  readonly isSelf: boolean;
  readonly onClose: () => void;
  /** Gets what has been done, in words. */
  readonly onDone: (said: string) => void;
}

/** What an administrator can do to one user. */
export function UserDialog({ user, isSelf, onClose, onDone }: UserDialogProps) {
  const [made, setMade] = useState<MadeUser | null>(null);
  if (made?.password) {
    return (
      <Dialog key="made" title={`New password of ${visible(user.username)}`} onClose={onClose}>
        <OnceShown
          about="The password is kept nowhere, and the sessions of this user have ended."
          secret={made.password}
          onClose={onClose}
        />
      </Dialog>
    );
  }
  return (
    <Dialog key="user" title={visible(user.username)} onClose={onClose}>
      <div className="fields">
        <NewPassword user={user} isSelf={isSelf} onMade={setMade} />
        {isSelf ? (
          <p className="change quiet">
            This is you. Another admin has to change your role or switch you off, so that nobody locks themselves out.
          </p>
        ) : (
          <>
            <ChangeRole user={user} onDone={onDone} />
            <SwitchUser user={user} onDone={onDone} />
          </>
        )}
      </div>
    </Dialog>
  );
}

type ChangeProps = Pick<UserDialogProps, 'user' | 'onDone'>;

function NewPassword(props: Pick<UserDialogProps, 'user' | 'isSelf'> & { readonly onMade: (made: MadeUser) => void }) {
  const change = useChange(keys, resetPassword, props.onMade);
  return (
    <div className="change">
      <p>
        A new password is generated and shown once. The sessions of this user end
        {props.isSelf ? ', yours with them: sign in again afterwards' : ''}.
      </p>
      <button type="button" className="button" disabled={change.isPending} onClick={() => change.mutate(props.user.id)}>
        Set a new password
      </button>
      {change.isError ? <ErrorNotice error={change.error} /> : null}
    </div>
  );
}

function ChangeRole({ user, onDone }: ChangeProps) {
  const name = visible(user.username);
  const change = useChange(keys, changeUser, (changed) => onDone(`${name} has the role ${changed.role} now.`));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    change.mutate({ id: user.id, role: readRole(new FormData(event.currentTarget)) });
  };
  return (
    <form className="change" onSubmit={submit}>
      <RoleField chosen={user.role} />
      <button type="submit" className="button" disabled={change.isPending}>
        Give this role
      </button>
      {change.isError ? <ErrorNotice error={change.error} /> : null}
    </form>
  );
}

function SwitchUser({ user, onDone }: ChangeProps) {
  const name = visible(user.username);
  const change = useChange(keys, changeUser, (changed) =>
    onDone(changed.disabled ? `${name} is switched off: sessions have ended.` : `${name} may sign in again.`),
  );
  return (
    <div className="change">
      <p>
        {user.disabled
          ? 'This user is switched off and cannot sign in.'
          : 'Switched off, a user cannot sign in and open sessions end. What they did stays on record.'}
      </p>
      <button
        type="button"
        className="button"
        data-kind={user.disabled ? undefined : 'danger'}
        disabled={change.isPending}
        onClick={() => change.mutate({ id: user.id, disabled: !user.disabled })}
      >
        {user.disabled ? 'Switch on' : 'Switch off'}
      </button>
      {change.isError ? <ErrorNotice error={change.error} /> : null}
    </div>
  );
}
