import type { DatabaseSections, IndexBuild } from '../../src/contract/index.ts';
import { Icon } from '../parts/Icon.tsx';
import { Nothing, Part, Statement } from './Part.tsx';
import { spanOf } from './words.ts';

interface Props {
  readonly sections: DatabaseSections;
  readonly silent: boolean;
}

/** What is under way that takes its time: a migration, index builds, dumps. */
export function WorkPart({ sections: { work }, silent }: Props) {
  return (
    <Part title="Work under way" part={work} silent={silent}>
      {({ migration, indexBuilds, dumps }) =>
        migration.length + indexBuilds.length + dumps.length === 0 ? (
          <Nothing>No migration, no index build, no dump.</Nothing>
        ) : (
          <ul className="health-list">
            {migration.map((session) => (
              <li key={session.pid}>
                <p>
                  <Icon name="running" /> <strong>Migration</strong> <span className="quiet">pid {session.pid}</span>
                  {session.statementSeconds === null
                    ? ', between two statements'
                    : `, its statement for ${spanOf(session.statementSeconds)}`}
                  {session.blockedBy.length === 0 ? '' : `, waiting for pid ${session.blockedBy.join(' and ')}`}
                </p>
                {session.statement === null ? null : <Statement text={session.statement} />}
              </li>
            ))}
            {indexBuilds.map((build) => (
              <Build key={build.pid} build={build} />
            ))}
            {dumps.map(({ application, pids, seconds }) => (
              <li key={application}>
                <p>
                  <Icon name="running" /> <strong>Dump</strong> by {application}{' '}
                  <span className="quiet">pid {pids.join(', ')}</span>, for {spanOf(seconds)}
                </p>
                <p className="quiet">It keeps dead rows from being removed until it ends.</p>
              </li>
            ))}
          </ul>
        )
      }
    </Part>
  );
}

function Build({ build }: { readonly build: IndexBuild }) {
  const { pid, index, table, phase, percent, seconds, waitsFor, command } = build;
  const done = percent === null ? null : Math.floor(percent);
  return (
    <li>
      <p>
        <Icon name="running" /> <strong>{command ?? 'Index build'}</strong> {index ?? 'an index'} on{' '}
        {table ?? 'a table not shown'} <span className="quiet">pid {pid}</span>, for {spanOf(seconds)}
      </p>
      {done === null ? null : <progress aria-label={`Progress of ${index ?? 'the index'}`} max={100} value={done} />}
      <p className="quiet">
        {phase ?? 'phase not shown'}
        {done === null ? '' : `, ${done} % of this phase`}
        {waitsFor === null ? '' : `, waiting for pid ${waitsFor}`}
      </p>
    </li>
  );
}
