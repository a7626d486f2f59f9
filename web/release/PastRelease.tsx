import { useQuery } from '@tanstack/react-query';
import type { PostureAt } from '../../src/contract/index.ts';
import { postureAtQuery } from '../api/history.ts';
import type { ReleaseSearch } from '../app/search.ts';
import { Notice } from '../parts/Section.tsx';
import { sentence } from '../parts/sentence.ts';
import { Moment } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';
import { ReleaseSkeleton } from './ReleaseSkeleton.tsx';
import { ReleaseView } from './ReleaseView.tsx';

interface PastReleaseProps {
  readonly time: string;
  readonly search: ReleaseSearch;
  readonly onSearch: (part: ReleaseSearch) => void;
}

/** The page as it was at a time: what was recorded last by then. */
export function PastRelease({ time, search, onSearch }: PastReleaseProps) {
  const { data, error } = useQuery(postureAtQuery(time));
  const past = data?.value;
  return (
    <div className="past">
      <Notice tone="note" title="As it was, not as it is">
        {past?.entry ? <Recorded past={past} /> : null}
        {past?.gap ? <p>{sentence(past.gap.message)}</p> : null}
        <button type="button" className="button" onClick={() => onSearch({ at: '' })}>
          Back to now
        </button>
      </Notice>
      {error === null ? null : (
        <Unreadable title="That time cannot be shown" error={{ code: error.name, message: error.message }} />
      )}
      {past === undefined && error === null ? <ReleaseSkeleton /> : null}
      {past === undefined ? null : <Shown past={past} search={search} onSearch={onSearch} />}
    </div>
  );
}

function Recorded({ past: { at, entry, nextChangeAt } }: { readonly past: PostureAt }) {
  if (entry === null) return null;
  return (
    <p>
      The release posture of <Moment at={at} />, as {entry.host} recorded it at <Moment at={entry.happenedAt} />.{' '}
      {nextChangeAt === null ? (
        'It has not changed since.'
      ) : (
        <>
          It next changed at <Moment at={nextChangeAt} />.
        </>
      )}
    </p>
  );
}

function Shown({ past, search, onSearch }: Omit<PastReleaseProps, 'time'> & { readonly past: PostureAt }) {
  if (past.posture !== null)
    return <ReleaseView posture={past.posture} search={search} onSearch={onSearch} history={null} />;
  if (past.status === 'unknown') return <Unreadable title="The history cannot be read" error={past.error} />;
  if (past.entry === null)
    return (
      <div className="empty">
        <p className="empty-title">Nothing had been recorded by then</p>
        <p>The history begins later than that.</p>
      </div>
    );
  return (
    <Unreadable title={past.entry.headline} error={null}>
      <p>The whole posture cannot be shown: {past.unreadable}.</p>
    </Unreadable>
  );
}
