import type { ChangedEntry, DeployedEntry, HistoryGap, HistoryItem } from '../../src/contract/index.ts';
import { sentence } from '../parts/sentence.ts';
import { shortSha } from '../parts/size.ts';
import { Status, type Look } from '../parts/Status.tsx';
import { Ago, Moment } from '../parts/Time.tsx';
import { verdictLooks } from './looks.ts';

interface EntryProps {
  readonly item: HistoryItem;
  /** Shows the page as it was at a time. */
  readonly onShow: (at: string) => void;
}

const gapLook: Look = { tone: 'dim', icon: 'question', word: 'Not watched' };
const deployedLook: Look = { tone: 'note', icon: 'up', word: 'Deployed' };

/** One line of the history. */
export function HistoryEntry({ item, onShow }: EntryProps) {
  if (item.kind === 'gap') return <Gap gap={item} />;
  if (item.kind === 'deployment') return <Deployed entry={item} />;
  return <Changed entry={item} onShow={onShow} />;
}

function Gap({ gap }: { readonly gap: HistoryGap }) {
  return (
    <li className="history-item" data-kind="gap" data-tone="dim">
      <p className="history-when">
        <Ago at={gap.to} />
      </p>
      <div className="history-what">
        <Status look={gapLook} />
        <p>
          From <Moment at={gap.from} /> to <Moment at={gap.to} /> nothing was recorded. {sentence(gap.why)}
        </p>
      </div>
    </li>
  );
}

function Deployed({ entry }: { readonly entry: DeployedEntry }) {
  return (
    <li className="history-item" data-kind="deployment" data-tone="note">
      <When entry={entry} />
      <div className="history-what">
        <Status look={deployedLook} />
        <p>
          {sentence(entry.headline)} <span className="quiet">By {entry.who}.</span>
        </p>
        <Seen entry={entry} by="Build" />
      </div>
    </li>
  );
}

function Changed({ entry, onShow }: { readonly entry: ChangedEntry; readonly onShow: EntryProps['onShow'] }) {
  const look = verdictLooks[entry.verdict];
  return (
    <li className="history-item" data-kind="posture" data-tone={look.tone}>
      <When entry={entry} />
      <div className="history-what">
        <div className="history-verdict">
          <Status look={look} />
          {entry.recordedAt === null ? <span className="split">not written yet</span> : null}
          {entry.late && entry.recordedAt !== null ? <span className="split">written later</span> : null}
        </div>
        <ul className="history-changes">
          {entry.changes.map(({ part, code, message, who }) => (
            <li key={`${part} ${code} ${message}`}>
              {sentence(message)}
              {who === null ? null : <span className="quiet"> By {who}.</span>}
            </li>
          ))}
        </ul>
        <Seen entry={entry} by="Seen by" />
      </div>
      {entry.recordedAt === null ? null : (
        <button
          type="button"
          className="button history-show"
          data-kind="plain"
          onClick={() => onShow(entry.happenedAt)}
        >
          As it was
          <span className="only-spoken"> {entry.happenedAt}</span>
        </button>
      )}
    </li>
  );
}

function When({ entry }: { readonly entry: ChangedEntry | DeployedEntry }) {
  return (
    <p className="history-when">
      <Ago at={entry.happenedAt} />
      <span className="quiet">
        <Moment at={entry.happenedAt} />
      </span>
    </p>
  );
}

function Seen({ entry, by }: { readonly entry: ChangedEntry | DeployedEntry; readonly by: string }) {
  return (
    <p className="history-seen">
      {by} {entry.appVersion}{' '}
      <span className="mono" title={entry.imageSha}>
        {shortSha(entry.imageSha)}
      </span>{' '}
      on {entry.host}
    </p>
  );
}
