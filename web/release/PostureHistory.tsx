import { useId, useState } from 'react';
import type { HistoryItem, PostureHistory } from '../../src/contract/index.ts';
import type { ReleaseSearch } from '../app/search.ts';
import { Pager } from '../parts/Pager.tsx';
import { Section } from '../parts/Section.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';
import { HistoryEntry } from './HistoryEntry.tsx';

interface PostureHistoryProps {
  /** Undefined until the first answer is there. */
  readonly history: PostureHistory | undefined;
  readonly error: Error | null;
  /** Where the shown page begins; '' is the newest. */
  readonly before: string;
  readonly onSearch: (part: ReleaseSearch) => void;
}

/** How the posture changed, newest first, and the way to see it as it was. */
export function PostureHistoryPart({ history, error, before, onSearch }: PostureHistoryProps) {
  return (
    <Section title="History" aside={<GoTo onSearch={onSearch} />} className="posture-history">
      {error === null ? null : (
        <Unreadable title="The history could not be asked for" error={{ code: error.name, message: error.message }} />
      )}
      {history === undefined && error === null ? <div className="bone bone-numbers" aria-hidden="true" /> : null}
      {history === undefined ? null : <Items history={history} onSearch={onSearch} />}
      <Pager
        label="Pages of the history"
        next={history?.next ?? null}
        begun={before !== ''}
        onPage={(begin) => onSearch({ before: begin })}
      />
    </Section>
  );
}

function Items({ history, onSearch }: Pick<PostureHistoryProps, 'onSearch'> & { readonly history: PostureHistory }) {
  const { status, error, items } = history;
  return (
    <>
      {status === 'unknown' ? (
        <Unreadable title="The history cannot be read" error={error}>
          <p>
            {items.length === 0
              ? 'What changes until then is kept by this manager and written afterwards.'
              : 'Below is what this manager has seen and will write once it can.'}
          </p>
        </Unreadable>
      ) : null}
      {status === 'ok' && items.length === 0 ? (
        <div className="empty">
          <p className="empty-title">Nothing has been recorded yet</p>
          <p>
            The first entry comes some seconds after a manager has read everything; then one whenever something changes.
          </p>
        </div>
      ) : null}
      {items.length === 0 ? null : (
        <ol className="history-items">
          {items.map((item) => (
            <HistoryEntry key={keyOf(item)} item={item} onShow={(at) => onSearch({ at })} />
          ))}
        </ol>
      )}
    </>
  );
}

function keyOf(item: HistoryItem): string {
  return item.kind === 'gap' ? item.from : item.id;
}

/** Asks for a time, in this browser's zone, and shows the page as it was then. */
function GoTo({ onSearch }: Pick<PostureHistoryProps, 'onSearch'>) {
  const id = useId();
  const [text, setText] = useState('');
  const time = new Date(text);
  const valid = !Number.isNaN(time.getTime());
  return (
    <form
      className="history-goto"
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) onSearch({ at: time.toISOString() });
      }}
    >
      <label className="field" htmlFor={id}>
        <span className="only-spoken">Time to look at</span>
        <input id={id} type="datetime-local" required value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <button type="submit" className="button" disabled={!valid}>
        Show as it was
      </button>
    </form>
  );
}
