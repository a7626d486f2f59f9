import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { User } from '../../src/contract/index.ts';
import { calmPollSeconds } from '../api/poll.ts';
import { mayAdminister, sessionQuery } from '../api/session.ts';
import { usersQuery } from '../api/users.ts';
import { LivePage } from '../app/LivePage.tsx';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { Notice } from '../parts/Section.tsx';
import { AddUserDialog } from './AddUserDialog.tsx';
import { UserDialog } from './UserDialog.tsx';
import { UsersView } from './UsersView.tsx';

const route = getRouteApi('/shell/admin/users');

/** Admin > Users: who may sign in; and for administrators, what changes that. */
export function UsersPage() {
  useTitle('Users');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const users = useQuery(usersQuery);
  const { data: session } = useQuery(sessionQuery);
  const mayChange = mayAdminister(session);
  const [open, setOpen] = useState<User | 'add' | null>(null);
  const [said, setSaid] = useState('');
  const close = () => setOpen(null);
  const done = (words: string) => {
    close();
    setSaid(words);
  };
  const self = session?.method === 'password' ? session.username : undefined;
  return (
    <LivePage
      title="Users"
      help="users"
      helpOpen={search.help === '1'}
      onHelp={(isOpen) => void navigate({ search: { help: isOpen ? '1' : '' }, replace: true, resetScroll: false })}
      reading={users.data}
      error={users.error}
      everySeconds={calmPollSeconds}
      actions={
        mayChange ? (
          <button type="button" className="button" data-kind="main" onClick={() => setOpen('add')}>
            Add a user
          </button>
        ) : null
      }
      skeleton={<ListSkeleton />}
    >
      <output className="said">{said === '' ? null : <Notice tone="good">{said}</Notice>}</output>
      {users.data === undefined ? null : (
        <UsersView users={users.data.value.users} self={self} onOpen={mayChange ? setOpen : undefined} />
      )}
      {open === 'add' ? <AddUserDialog onClose={close} /> : null}
      {open === null || open === 'add' ? null : (
        <UserDialog user={open} isSelf={open.username === self} onClose={close} onDone={done} />
      )}
    </LivePage>
  );
}
