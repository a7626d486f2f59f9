import type { DatabaseSections, TableRows, VacuumWorker } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Ago } from '../parts/Time.tsx';
import { holderWords } from './looks.ts';
import { DenseTable, Fact, Nothing, Part } from './Part.tsx';
import { percent, spanOf, whole } from './words.ts';

interface Props {
  readonly sections: DatabaseSections;
  readonly silent: boolean;
}

/** What keeps dead rows from being removed. */
export function HorizonPart({ sections: { horizon }, silent }: Props) {
  return (
    <Part title="Dead rows kept" part={horizon} silent={silent}>
      {({ holders }) =>
        holders.length === 0 ? (
          <Nothing>Nothing keeps dead rows from being removed.</Nothing>
        ) : (
          <DenseTable caption="What keeps dead rows" columns={['By', 'Transactions ago#', 'Open for#']}>
            {holders.map(({ kind, name, pid, age, seconds }) => (
              <tr key={`${kind} ${name} ${pid}`}>
                <th scope="row">
                  {name}
                  <span className="health-note">
                    {holderWords[kind]}
                    {pid === null ? '' : `, pid ${pid}`}
                  </span>
                </th>
                <Cell label="Transactions ago" className="number">
                  {whole(age)}
                </Cell>
                <Cell label="Open for" className="number">
                  {seconds === null ? 'not told' : spanOf(seconds)}
                </Cell>
              </tr>
            ))}
          </DenseTable>
        )
      }
    </Part>
  );
}

/** Dead rows, and who clears them away. */
export function VacuumPart({ sections: { vacuum }, silent }: Props) {
  return (
    <Part
      title="Vacuum"
      part={vacuum}
      silent={silent}
      aside={({ autovacuum }) => (autovacuum ? 'autovacuum is on' : 'autovacuum is off')}
    >
      {({ tables, workers }) => (
        <>
          {workers.length === 0 ? null : (
            <ul className="health-list">
              {workers.map((worker) => (
                <Worker key={worker.pid} worker={worker} />
              ))}
            </ul>
          )}
          {tables.length === 0 ? (
            <Nothing>No table has dead rows.</Nothing>
          ) : (
            <DenseTable
              caption="Tables with dead rows"
              columns={['Table', 'Dead rows#', 'Autovacuum comes at#', 'Vacuumed']}
            >
              {tables.map((each) => (
                <DeadRows key={each.table} rows={each} />
              ))}
            </DenseTable>
          )}
        </>
      )}
    </Part>
  );
}

function Worker({ worker }: { readonly worker: VacuumWorker }) {
  const { pid, table, phase, percent: done, seconds, toPreventWraparound, blockedBy } = worker;
  return (
    <li>
      Autovacuum of <strong>{table}</strong> <span className="quiet">pid {pid}</span>
      {phase === null ? '' : `, ${phase}`}
      {done === null ? '' : `, ${Math.floor(done)} % of the table read`}, for {spanOf(seconds)}
      {toPreventWraparound ? ', to prevent wraparound: it gives way to nobody' : ''}
      {blockedBy.length === 0 ? '' : `, waiting for pid ${blockedBy.join(' and ')}`}
    </li>
  );
}

function DeadRows({ rows }: { readonly rows: TableRows }) {
  const last = [rows.vacuumedAt, rows.autovacuumedAt]
    .filter((each) => each !== null)
    .toSorted()
    .at(-1);
  return (
    <tr>
      <th scope="row">{rows.table}</th>
      <Cell label="Dead rows" className="number">
        {whole(rows.deadRows)} <span className="quiet">of {whole(rows.liveRows + rows.deadRows)}</span>
      </Cell>
      <Cell label="Autovacuum comes at" className="number">
        {rows.autovacuum ? whole(rows.comesAt) : 'off for it'}
      </Cell>
      <Cell label="Vacuumed">{rows.beingVacuumed ? 'now' : last === undefined ? 'never' : <Ago at={last} />}</Cell>
    </tr>
  );
}

/** How far the database is on the way to the end of its transaction ids. */
export function WraparoundPart({ sections: { wraparound }, silent }: Props) {
  return (
    <Part title="Transaction ids" part={wraparound} silent={silent} aside={({ used }) => `${percent(used)} used`}>
      {({ xids, multixacts, used, freezeMaxAge, oldest }) => (
        <>
          <meter
            className="used"
            aria-label="Transaction ids used"
            min={0}
            max={1}
            high={0.5}
            optimum={0}
            value={used}
          />
          <dl className="facts">
            <Fact name="Age">{whole(xids)} transactions</Fact>
            <Fact name="Multixacts">{whole(multixacts)}</Fact>
            <Fact name="Vacuumed at">{whole(freezeMaxAge)}, by itself</Fact>
            <Fact name="Oldest">{oldest.map(({ table }) => table).join(', ')}</Fact>
          </dl>
        </>
      )}
    </Part>
  );
}
