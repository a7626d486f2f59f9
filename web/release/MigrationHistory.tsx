import { useId } from 'react';
import type { DatabasePosture, MigrationRecord } from '../../src/contract/index.ts';
import type { ReleaseSearch } from '../app/search.ts';
import { Command } from '../parts/Copy.tsx';
import { Notice, Section } from '../parts/Section.tsx';
import { countOf } from '../parts/size.ts';
import { Unreadable } from '../parts/Unreadable.tsx';
import { groupByRun, hasFilter, peopleOf, type MigrationRun } from './history.ts';
import { RunGroup } from './RunGroup.tsx';

const perDatabase = 20;

interface HistoryProps {
  readonly migrations: readonly MigrationRecord[];
  readonly databases: readonly DatabasePosture[];
  readonly migratorCommand: string;
  readonly search: ReleaseSearch;
  readonly onSearch: (part: ReleaseSearch) => void;
}

/** Who migrated what, when and from which build: one group a run of the migrator, newest first. */
export function MigrationHistory({ migrations, databases, migratorCommand, search, onSearch }: HistoryProps) {
  const runs = groupByRun(migrations, search);
  const open = openRuns(runs, search);
  const toggle = (runId: string) => {
    const next = open.includes(runId) ? open.filter((each) => each !== runId) : [...open, runId];
    onSearch({ open: next.length === 0 ? 'none' : next.join(',') });
  };
  const all = runs.length > 0 && open.length === runs.length;
  const aside = (
    <button
      type="button"
      className="button"
      data-kind="plain"
      disabled={runs.length === 0}
      onClick={() => onSearch({ open: all ? 'none' : runs.map((run) => run.runId).join(',') })}
    >
      {all ? 'Collapse all' : 'Expand all'}
    </button>
  );
  if (migrations.length === 0) return <NoHistory databases={databases} />;
  return (
    <Section title="Migration history" aside={aside}>
      {unreadOf(databases) === '' ? null : (
        <Notice tone="dim">
          <p>The ledger of {unreadOf(databases)} cannot be read now, so its migrations may be missing below.</p>
        </Notice>
      )}
      <Filters migrations={migrations} databases={databases} search={search} onSearch={onSearch} />
      <output className="history-count">{describe(runs, migrations.length)}</output>
      {runs.length === 0 ? (
        <div className="empty">
          <p className="empty-title">Nothing matches these filters</p>
          <button type="button" className="button" onClick={() => onSearch({ db: '', text: '', by: '' })}>
            Clear the filters
          </button>
        </div>
      ) : (
        <ul className="runs">
          {runs.map((run) => (
            <RunGroup
              key={run.runId}
              run={run}
              databases={databases.map((database) => database.name)}
              open={open.includes(run.runId)}
              onToggle={toggle}
            />
          ))}
        </ul>
      )}
      <OlderOnes migratorCommand={migratorCommand} />
    </Section>
  );
}

/** While a filter is set everything found is open; else what the address says; else the newest run. */
function openRuns(runs: readonly MigrationRun[], search: ReleaseSearch): string[] {
  const ids = runs.map((run) => run.runId);
  if (search.open === undefined) return hasFilter(search) ? ids : ids.slice(0, 1);
  const asked = search.open.split(',');
  return ids.filter((id) => asked.includes(id));
}

function describe(runs: readonly MigrationRun[], total: number): string {
  const shown = runs.reduce((sum, run) => sum + run.migrations.length, 0);
  const of = shown === total ? '' : ` of ${total}`;
  return `${shown}${of} ${total === 1 ? 'migration' : 'migrations'} in ${countOf(runs.length, 'run')}`;
}

/** Ledgers that cannot be read are told apart from ledgers with nothing in them. */
function NoHistory({ databases }: Pick<HistoryProps, 'databases'>) {
  const unread = unreadOf(databases);
  return (
    <Section title="Migration history">
      {unread === '' ? (
        <div className="empty">
          <p className="empty-title">No migration is on record</p>
          <p>No database has been migrated yet. The first run of the migrator will show here.</p>
        </div>
      ) : (
        <Unreadable title={`The ledger of ${unread} cannot be read`} error={null}>
          <p>What has been migrated is not known; the cards above say why.</p>
        </Unreadable>
      )}
    </Section>
  );
}

function unreadOf(databases: readonly DatabasePosture[]): string {
  const names = databases.filter((database) => database.status === 'unknown').map((database) => database.name);
  return new Intl.ListFormat('en').format(names);
}

function OlderOnes({ migratorCommand }: Pick<HistoryProps, 'migratorCommand'>) {
  return (
    <div className="history-more">
      <p className="quiet">At most the newest {perDatabase} of each database are shown here. All of them:</p>
      <Command text={`${migratorCommand} history`} />
    </div>
  );
}

function Filters({ migrations, databases, search, onSearch }: Omit<HistoryProps, 'migratorCommand'>) {
  const id = useId();
  return (
    <search className="filters" aria-label="Filter the migrations">
      <label className="field" htmlFor={`${id}-text`}>
        <span>Search</span>
        <input
          id={`${id}-text`}
          type="search"
          value={search.text ?? ''}
          placeholder="name, number, build"
          onChange={(event) => onSearch({ text: event.target.value })}
        />
      </label>
      <label className="field" htmlFor={`${id}-db`}>
        <span>Database</span>
        <select id={`${id}-db`} value={search.db ?? ''} onChange={(event) => onSearch({ db: event.target.value })}>
          <option value="">All databases</option>
          {databases.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label className="field" htmlFor={`${id}-by`}>
        <span>Applied by</span>
        <select id={`${id}-by`} value={search.by ?? ''} onChange={(event) => onSearch({ by: event.target.value })}>
          <option value="">Everybody</option>
          {peopleOf(migrations).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </search>
  );
}
