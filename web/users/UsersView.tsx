import type { User } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Columns } from '../parts/Columns.tsx';
import { Section } from '../parts/Section.tsx';
import { Status, type Look } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { visible } from '../parts/visible.ts';

interface UsersViewProps {
  readonly users: readonly User[];
  /** The name of whoever looks; undefined for those who are no user. */
  readonly self: string | undefined;
  /** Absent for those who may change nothing. */
  readonly onOpen?: ((user: User) => void) | undefined;
}

const columns = ['Name', 'Role', 'State', 'Password set', 'Added'] as const;

export const activeLook: Look = { tone: 'good', icon: 'check', word: 'active' };
export const disabledLook: Look = { tone: 'plain', icon: 'lock', word: 'switched off' };

/** One row a user, by name. */
export function UsersView({ users, self, onOpen }: UsersViewProps) {
  return (
    <Section title="Users">
      {users.length === 0 ? (
        <div className="empty">
          <p className="empty-title">There is no user yet</p>
          <p>The manager makes the first one, admin, as soon as the config database is migrated.</p>
        </div>
      ) : (
        <table className="table stacking">
          <caption className="only-spoken">Users</caption>
          <Columns names={columns} />
          <tbody>
            {users.map((user) => (
              <Row key={user.id} user={user} isSelf={user.username === self} onOpen={onOpen} />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

interface RowProps extends Pick<UsersViewProps, 'onOpen'> {
  readonly user: User;
  readonly isSelf: boolean;
}

function Row({ user, isSelf, onOpen }: RowProps) {
  const name = <bdi>{visible(user.username)}</bdi>;
  return (
    <tr>
      <th scope="row">
        {onOpen === undefined ? (
          name
        ) : (
          <button type="button" className="link" onClick={() => onOpen(user)}>
            {name}
          </button>
        )}
        {isSelf ? <span className="quiet"> (you)</span> : null}
      </th>
      <Cell label="Role">{user.role}</Cell>
      <Cell label="State">
        <Status look={user.disabled ? disabledLook : activeLook} />
      </Cell>
      <Cell label="Password set">
        <Ago at={user.passwordChangedAt} />
      </Cell>
      <Cell label="Added">
        <Ago at={user.createdAt} />
      </Cell>
    </tr>
  );
}
