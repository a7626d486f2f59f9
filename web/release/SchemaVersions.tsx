import type { DatabasePosture, GateState, SchemaProblem } from '../../src/contract/index.ts';
import { Remedy } from '../parts/Copy.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Section } from '../parts/Section.tsx';
import { countOf } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';
import { fileName } from './history.ts';
import { schemaLook } from './looks.ts';

const pendingShown = 3;

interface SchemaVersionsProps {
  readonly databases: readonly DatabasePosture[];
  /** Knows the command that mends a database. */
  readonly gate: GateState;
}

/** A card a database: the version it is at against the one this release requires. */
export function SchemaVersions({ databases, gate }: SchemaVersionsProps) {
  return (
    <Section title="Schema version" aside="applied → required by this release" className="bare">
      <ul className="database-cards">
        {databases.map((database) => (
          <DatabaseCard key={database.name} database={database} remedy={remedyOf(gate, database)} />
        ))}
      </ul>
    </Section>
  );
}

interface CardProps {
  readonly database: DatabasePosture;
  readonly remedy: string;
}

/** With a problem, that problem's own remedy comes first: the migrator would refuse. */
function remedyOf(gate: GateState, { name, problems }: DatabasePosture): string {
  if (problems.length > 0) return '';
  return gate.closedParts.find((each) => each.database === name)?.remedy ?? '';
}

function DatabaseCard({ database, remedy }: CardProps) {
  const look = schemaLook(database);
  const { problems } = database;
  return (
    <li
      className="database"
      data-tone={problems.length > 0 ? problemTone(problems) : look.tone}
      data-database={database.name}
    >
      <div className="database-head">
        <h3>{database.name}</h3>
        <Status look={look} />
      </div>
      <Versions database={database} />
      {database.migrating ? (
        <p className="database-migrating">
          <Icon name="running" /> A migrator is at work here now
        </p>
      ) : null}
      <Explanation database={database} remedy={remedy} />
      <Problems problems={problems} />
    </li>
  );
}

/** Behind moves on to what is required; ahead is simply more. */
const versionSigns = { ok: '=', behind: '→', ahead: '>', unknown: '→' } as const;

function Versions({ database }: { readonly database: DatabasePosture }) {
  const { current, required, status } = database;
  return (
    <p className="versions">
      <span className="only-spoken">Applied </span>
      <span className="version" data-known={current !== null}>
        {current ?? '?'}
      </span>
      <span className="versions-arrow" aria-hidden="true">
        {versionSigns[status]}
      </span>
      <span className="only-spoken">, required </span>
      <span className="version version-required">{required}</span>
    </p>
  );
}

function Explanation({ database, remedy }: CardProps) {
  if (database.status === 'unknown') return <UnknownSchema database={database} />;
  if (database.status === 'behind') return <Pending pending={database.pending} remedy={remedy} />;
  if (database.status === 'ahead') {
    return (
      <p className="database-note">
        {database.aheadAllowed === false
          ? 'A newer release has migrated this database past what this image can work on. Start an image of that release or newer.'
          : 'A newer release has migrated this database. All that was applied still lets this image work.'}
      </p>
    );
  }
  return database.problems.length === 0 ? <p className="database-note">At the version this release requires.</p> : null;
}

/** A part that cannot be read says so, with what was known before. Not the same as behind. */
function UnknownSchema({ database: { error, lastKnown } }: { readonly database: DatabasePosture }) {
  return (
    <Unreadable title="Its ledger cannot be read" error={error}>
      <p>
        {lastKnown === null ? (
          'It has not been read since this manager started.'
        ) : (
          <>
            Last known: version {lastKnown.current}, {lastKnown.status}, <Ago at={lastKnown.readAt} />.
          </>
        )}
      </p>
    </Unreadable>
  );
}

function Pending({ pending, remedy }: Pick<DatabasePosture, 'pending'> & Pick<CardProps, 'remedy'>) {
  const rest = pending.slice(pendingShown);
  return (
    <div className="pending">
      <p className="database-note">{countOf(pending.length, 'migration')} to apply:</p>
      <PendingList pending={pending.slice(0, pendingShown)} />
      {rest.length === 0 ? null : (
        <details>
          <summary>and {countOf(rest.length, 'more', 'more')}</summary>
          <PendingList pending={rest} />
        </details>
      )}
      <Remedy text={remedy} />
    </div>
  );
}

function PendingList({ pending }: Pick<DatabasePosture, 'pending'>) {
  return (
    <ul className="pending-list">
      {pending.map((migration) => (
        <li key={migration.version} className="mono">
          {fileName(migration)}
        </li>
      ))}
    </ul>
  );
}

/** Drift does not stop a manager; the other problems do, or stop the next migration. */
function problemTone(problems: readonly SchemaProblem[]): 'warn' | 'bad' {
  return problems.every((problem) => problem.code === 'drift') ? 'warn' : 'bad';
}

function Problems({ problems }: { readonly problems: readonly SchemaProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <ul className="problems" aria-label="Problems">
      {problems.map((problem) => (
        <li key={`${problem.code} ${problem.message}`} className="problem">
          <Status look={{ tone: problemTone([problem]), icon: 'warning', word: problem.code }} />
          <p>{problem.message}</p>
          <Remedy text={problem.remedy} />
        </li>
      ))}
    </ul>
  );
}
