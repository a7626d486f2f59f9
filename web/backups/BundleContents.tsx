import type { BundleDatabase, BundleEntry, CrossCheck } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { countOf, size } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Moment } from '../parts/Time.tsx';

/** What each database held at its snapshot, and whether what one says of another was there. */
export function BundleContents({ bundle: { manifest } }: { readonly bundle: BundleEntry }) {
  return (
    <section className="detail" aria-labelledby="contents-heading">
      <h3 id="contents-heading">What is in it</h3>
      <table className="table stacking">
        <caption className="only-spoken">Databases in the bundle</caption>
        <thead>
          <tr>
            <th scope="col">Database</th>
            <th scope="col">Snapshot</th>
            <th scope="col">Dump</th>
            <th scope="col" className="number">
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {manifest.databases.map((database) => (
            <tr key={database.name}>
              <th scope="row">{database.name}</th>
              <Cell label="Snapshot">
                <Moment at={database.snapshotAt} />
                <span className="bundle-note mono">{database.lsn}</span>
              </Cell>
              <Cell label="Dump">
                {database.engine} {database.engineVersion}, {database.format}
                <span className="bundle-note mono">{database.file.path}</span>
              </Cell>
              <Cell label="Size" className="number">
                {size(database.file.bytes)}
              </Cell>
            </tr>
          ))}
        </tbody>
      </table>
      {manifest.databases.map((database) => (
        <Tables key={database.name} database={database} />
      ))}
      <CrossChecks checks={manifest.crossChecks} />
    </section>
  );
}

function Tables({ database: { name, tables } }: { readonly database: BundleDatabase }) {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return (
    <details className="tables">
      <summary>
        {name}: {countOf(rows, 'row')} in {countOf(tables.length, 'table')}
      </summary>
      <ul>
        {tables.map((table) => (
          <li key={table.name}>
            <code>{table.name}</code> {table.rows.toLocaleString('en')}
            {table.dataLeftOut ? ', rows left out: they do not outlive a restore' : ''}
          </li>
        ))}
      </ul>
    </details>
  );
}

const meanings: Readonly<Record<string, string>> = {
  result_job: 'every result has its job',
  job_scanner: 'every job has its scanner',
};

function CrossChecks({ checks }: { readonly checks: readonly CrossCheck[] }) {
  return (
    <ul className="checks">
      {checks.map(({ code, checked, missing }) => (
        <li key={code}>
          <Status
            look={
              missing === 0
                ? { tone: 'good', icon: 'check', word: 'all there' }
                : { tone: 'warn', icon: 'warning', word: `${missing.toLocaleString('en')} missing` }
            }
          />{' '}
          {meanings[code] ?? code}, of {checked.toLocaleString('en')} checked
        </li>
      ))}
    </ul>
  );
}
