import type { BlockingSession, DatabaseSections, WaitingSession } from '../../src/contract/index.ts';
import { Icon } from '../parts/Icon.tsx';
import { countOf } from '../parts/size.ts';
import { Nothing, Part, Statement } from './Part.tsx';
import { queuesOf, type QueuePlace } from './queues.ts';
import { spanOf } from './words.ts';

interface Props {
  readonly sections: DatabaseSections;
  readonly silent: boolean;
}

/** Who waits for whom: each queue under the session at its head. */
export function LocksPart({ sections: { locks }, silent }: Props) {
  return (
    <Part
      title="Blocked and blocking"
      part={locks}
      silent={silent}
      aside={({ waiting }) => (waiting.length === 0 ? null : `${countOf(waiting.length, 'session')} blocked`)}
    >
      {(locks) =>
        locks.waiting.length === 0 ? <Nothing>Nobody waits for a lock.</Nothing> : <Queue places={queuesOf(locks)} />
      }
    </Part>
  );
}

function Queue({ places }: { readonly places: readonly QueuePlace[] }) {
  if (places.length === 0) return null;
  return (
    <ul className="queue">
      {places.map(({ pid, head, waits, behind }) => (
        <li key={pid}>
          {head === null ? null : <Head head={head} />}
          {waits === null ? null : <Waits session={waits} />}
          {head === null && waits === null ? <p>A prepared transaction, which has no session</p> : null}
          <Queue places={behind} />
        </li>
      ))}
    </ul>
  );
}

function Head({ head }: { readonly head: BlockingSession }) {
  return (
    <div className="queue-one" data-tone="bad">
      <p>
        <Icon name="lock" /> <strong>{head.application}</strong>{' '}
        <span className="quiet">
          pid {head.pid}, {head.role}
        </span>
      </p>
      <p>
        {head.state ?? 'state not shown'}, its transaction open for {spanOf(head.transactionSeconds)}
      </p>
      <Statement text={head.statement} />
    </div>
  );
}

function Waits({ session }: { readonly session: WaitingSession }) {
  const { application, pid, role, seconds, mode, lockType, table, statement } = session;
  return (
    <div className="queue-one" data-tone="warn">
      <p>
        <strong>{application}</strong>{' '}
        <span className="quiet">
          pid {pid}, {role}
        </span>{' '}
        has waited {spanOf(seconds)}
      </p>
      <p>
        for <code>{mode}</code> on {placeOf(lockType, table)}
      </p>
      <Statement text={statement} />
    </div>
  );
}

/** What the lock is on, in words. */
function placeOf(lockType: string, table: string | null): string {
  if (table === null) return lockType === 'transactionid' ? 'a row' : lockType;
  return lockType === 'relation' ? `the table ${table}` : `a row of ${table}`;
}
