import type { BackupRun } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Remedy } from '../parts/Copy.tsx';
import { Section } from '../parts/Section.tsx';
import { sentence } from '../parts/sentence.ts';
import { Status } from '../parts/Status.tsx';
import { duration } from '../parts/time.ts';
import { Ago } from '../parts/Time.tsx';
import { runLooks, runWords } from './looks.ts';

interface RunsProps {
  readonly runs: readonly BackupRun[];
  readonly onOpen: (id: string) => void;
}

/** What the service did last, and why it failed where it did. */
export function Runs({ runs, onOpen }: RunsProps) {
  return (
    <Section title="Runs">
      {runs.length === 0 ? (
        <p className="quiet">No run is on record yet.</p>
      ) : (
        <table className="table stacking runs">
          <caption className="only-spoken">Runs</caption>
          <thead>
            <tr>
              <th scope="col">Begun</th>
              <th scope="col">What</th>
              <th scope="col">Outcome</th>
              <th scope="col">By</th>
              <th scope="col" className="number">
                Took
              </th>
              <th scope="col">Bundle</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <Row key={run.id} run={run} onOpen={onOpen} />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function Row({ run, onOpen }: { readonly run: BackupRun; readonly onOpen: (id: string) => void }) {
  const { startedAt, finishedAt, bundleId, error } = run;
  return (
    <tr>
      <th scope="row">
        <Ago at={startedAt} />
      </th>
      <Cell label="What">{runWords[run.kind]}</Cell>
      <Cell label="Outcome">
        <Status look={runLooks[run.state]} />
        {error === null ? null : (
          <div className="bundle-note">
            {sentence(error.message)} <code>{error.code}</code>
            <Remedy text={error.hint} />
          </div>
        )}
      </Cell>
      <Cell label="By">{run.by}</Cell>
      <Cell label="Took" className="number">
        {finishedAt === null ? 'not known' : duration(Date.parse(finishedAt) - Date.parse(startedAt))}
      </Cell>
      <Cell label="Bundle">
        {bundleId === null || run.state !== 'succeeded' ? (
          (bundleId ?? 'none')
        ) : (
          <button type="button" className="link mono" onClick={() => onOpen(bundleId)}>
            {bundleId}
          </button>
        )}
      </Cell>
    </tr>
  );
}
