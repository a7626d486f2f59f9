import { useId } from 'react';
import type { DatabaseName } from '../../src/contract/index.ts';
import { Icon } from '../parts/Icon.tsx';
import { countOf, shortSha } from '../parts/size.ts';
import { Ago, Moment } from '../parts/Time.tsx';
import { duration } from '../parts/time.ts';
import { fileName, type MigrationRun } from './history.ts';

interface RunGroupProps {
  readonly run: MigrationRun;
  readonly databases: readonly DatabaseName[];
  readonly open: boolean;
  readonly onToggle: (runId: string) => void;
}

/** One run of the migrator: its facts in one line, its migrations below when open. */
export function RunGroup({ run, databases, open, onToggle }: RunGroupProps) {
  const id = useId();
  return (
    <li className="run" data-open={open}>
      <h3 className="run-head">
        <button
          type="button"
          className="run-toggle"
          aria-expanded={open}
          aria-controls={`${id}-rows`}
          onClick={() => onToggle(run.runId)}
        >
          <Icon name="chevron" />
          <span className="run-when">
            <Ago at={run.finishedAt} />
          </span>
          <span className="run-who">
            {run.appliedBy}
            <span className="run-source">{run.appliedBySource === 'operator' ? 'operator' : 'database role'}</span>
          </span>
          <span className="run-build">
            {run.appVersion} <span className="mono quiet">{shortSha(run.imageSha)}</span>
          </span>
          <span className="run-databases">
            {databases.map((name) => (
              <Touched key={name} name={name} count={run.touched.get(name) ?? 0} />
            ))}
            {run.runsOfBuild > 1 ? <span className="split">one of {run.runsOfBuild} runs of this build</span> : null}
          </span>
        </button>
      </h3>
      <div id={`${id}-rows`} className="run-rows" hidden={!open}>
        {open ? <Rows run={run} /> : null}
      </div>
    </li>
  );
}

function Touched({ name, count }: { readonly name: DatabaseName; readonly count: number }) {
  return (
    <span className="touched" data-touched={count > 0}>
      {name} {count > 0 ? `+${count}` : '–'}
      <span className="only-spoken">{count > 0 ? ` ${countOf(count, 'migration')}` : ' not touched'}</span>
    </span>
  );
}

function Rows({ run }: { readonly run: MigrationRun }) {
  return (
    <>
      <p className="run-id">
        Run <code>{run.runId}</code>, <Moment at={run.finishedAt} />
      </p>
      <table className="table migrations">
        <thead>
          <tr>
            <th scope="col">Database</th>
            <th scope="col">Migration</th>
            <th scope="col">Applied at</th>
            <th scope="col" className="number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {run.migrations.map((row) => (
            <tr key={`${row.database} ${row.version}`}>
              <td>{row.database}</td>
              <th scope="row" className="mono">
                {fileName(row)}
              </th>
              <td>
                <Moment at={row.appliedAt} />
              </td>
              <td className="number">{duration(row.durationMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
