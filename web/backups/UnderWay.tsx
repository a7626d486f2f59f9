import type { BackupRun, BackupStatus, DatabaseProgress } from '../../src/contract/index.ts';
import { cancelRun } from '../api/backups.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Section } from '../parts/Section.tsx';
import { size } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { useBackupChange } from './changes.ts';
import { runLooks, runWords } from './looks.ts';
import { percentOf } from './words.ts';

interface UnderWayProps {
  readonly run: BackupRun | null;
  readonly status: BackupStatus;
  /** False while what is shown is what the service said before. */
  readonly isHeard: boolean;
  readonly mayChange: boolean;
  readonly onSaid: (words: string) => void;
}

/** The run under way with a bar a database; while there is none, how the last one went. As high in either case. */
export function UnderWay({ run, status, isHeard, mayChange, onSaid }: UnderWayProps) {
  return (
    <Section title="Under way" className="under-way">
      {run === null ? (
        <Idle last={status.recentRuns[0]} isHeard={isHeard} />
      ) : (
        <Running run={run} mayChange={mayChange} onSaid={onSaid} />
      )}
    </Section>
  );
}

function Idle({ last, isHeard }: { readonly last: BackupRun | undefined; readonly isHeard: boolean }) {
  return (
    <div className="fields">
      <p>{isHeard ? 'Nothing is under way.' : 'Whether anything is under way is not known.'}</p>
      {last === undefined ? (
        <p className="quiet">No run is on record yet.</p>
      ) : (
        <p className="quiet">
          The last one, {runWords[last.kind].toLowerCase()} by {last.by}, ended{' '}
          {last.finishedAt === null ? null : <Ago at={last.finishedAt} />} <Status look={runLooks[last.state]} />
        </p>
      )}
    </div>
  );
}

function Running({
  run,
  mayChange,
  onSaid,
}: {
  readonly run: BackupRun;
  readonly mayChange: boolean;
  readonly onSaid: (words: string) => void;
}) {
  const cancelling = useBackupChange(cancelRun, () => onSaid('The run is cancelled. What it had written is removed.'));
  const percent = percentOf(run.doneBytes, run.estimatedBytes);
  return (
    <div className="fields">
      <div className="run-head">
        <p>
          <strong>{titles[run.kind]}</strong> by {run.by}, begun <Ago at={run.startedAt} />
          <output className="run-phase">{run.phase}</output>
        </p>
        {mayChange ? (
          <button
            type="button"
            className="button"
            disabled={cancelling.isPending}
            onClick={() => cancelling.mutate(run.id)}
          >
            Cancel
          </button>
        ) : null}
      </div>
      {cancelling.isError ? <ErrorNotice error={cancelling.error} /> : null}
      <Bar name="In all" done={run.doneBytes} estimated={run.estimatedBytes} percent={percent} />
      {run.databases.map((database) => (
        <DatabaseBar key={database.name} database={database} />
      ))}
    </div>
  );
}

const titles = {
  take: 'Taking a bundle',
  verify: 'Reading checksums',
  prove: 'Proving a bundle by a restore',
  copy: 'Copying a bundle',
} as const;

function DatabaseBar({
  database: { name, state, doneBytes, estimatedBytes },
}: {
  readonly database: DatabaseProgress;
}) {
  if (state === 'waiting') return <Bar name={name} done={0} estimated={estimatedBytes} percent={0} words="waiting" />;
  if (state === 'done')
    return <Bar name={name} done={doneBytes} estimated={doneBytes} percent={100} words={`${size(doneBytes)}, done`} />;
  return <Bar name={name} done={doneBytes} estimated={estimatedBytes} percent={percentOf(doneBytes, estimatedBytes)} />;
}

interface BarProps {
  readonly name: string;
  readonly done: number;
  readonly estimated: number;
  /** Null while nobody can say. */
  readonly percent: number | null;
  readonly words?: string;
}

function Bar({ name, done, estimated, percent, words }: BarProps) {
  const about = words ?? (percent === null ? size(done) : `${size(done)} of about ${size(estimated)}, ${percent} %`);
  return (
    <div className="bar-row">
      <span className="bar-name">{name}</span>
      <progress max={100} value={percent ?? undefined} aria-label={name} aria-valuetext={about} />
      <span className="bar-words">{about}</span>
    </div>
  );
}
