import { useState, type FormEvent } from 'react';
import type { MadeUser, NewUser } from '../../src/contract/index.ts';
import { useChange } from '../api/change.ts';
import { addUser } from '../api/users.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { OnceShown } from '../parts/OnceShown.tsx';
import { readRole, RoleField } from '../parts/RoleField.tsx';

/** Adds a user, and shows the generated password this once. */
export function AddUserDialog({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<MadeUser | null>(null);
  return made?.password ? (
    <Dialog key="made" title={`${made.username} may sign in`} onClose={onClose}>
      <OnceShown
        about="The password is kept nowhere. Hand it over on a way that others do not read; an admin can set another at any time."
        secret={made.password}
        onClose={onClose}
      />
    </Dialog>
  ) : (
    <Dialog key="ask" title="Add a user" onClose={onClose}>
      <UserForm onMade={setMade} />
    </Dialog>
  );
}

function UserForm({ onMade }: { readonly onMade: (made: MadeUser) => void }) {
  const adding = useChange([['users']], addUser, onMade);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    adding.mutate(readForm(new FormData(event.currentTarget)));
  };
  return (
    <form className="fields" onSubmit={submit}>
      {adding.isError ? <ErrorNotice error={adding.error} /> : null}
      <label className="field">
        <span>User name</span>
        <input name="username" data-first maxLength={200} required autoComplete="off" spellCheck={false} />
      </label>
      <RoleField />
      <p className="quiet">A password is generated and shown once.</p>
      <div className="dialog-foot">
        <button type="submit" className="button" data-kind="main" disabled={adding.isPending}>
          {adding.isPending ? 'Adding…' : 'Add the user'}
        </button>
      </div>
    </form>
  );
}

function readForm(fields: FormData): NewUser {
  const username = fields.get('username');
  return { username: typeof username === 'string' ? username.trim() : '', role: readRole(fields) };
}
