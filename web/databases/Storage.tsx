import type { DatabaseSections } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { countOf, size } from '../parts/size.ts';
import { Ago } from '../parts/Time.tsx';
import { DenseTable, Fact, Nothing, Part } from './Part.tsx';
import { change, percent, whole } from './words.ts';

interface Props {
  readonly sections: DatabaseSections;
  readonly silent: boolean;
}

/** How large the database is and how it grows. */
export function SizePart({ sections, silent }: Props) {
  return (
    <Part title="Size" part={sections.size} silent={silent}>
      {({ bytes, growth }) => (
        <dl className="facts">
          <Fact name="Now">{size(bytes)}</Fact>
          <Fact name="Growth">
            {growth === null ? (
              <span className="quiet">told once this manager has known it for an hour</span>
            ) : (
              <>
                {change(growth.bytes)} since <Ago at={growth.since} />, {change(growth.perDayBytes)} a day
              </>
            )}
          </Fact>
        </dl>
      )}
    </Part>
  );
}

/** How much of what was asked for was in the server's memory. */
export function CachePart({ sections: { cache }, silent }: Props) {
  return (
    <Part title="Found in memory" part={cache} silent={silent}>
      {({ hitRatio, blocks, since }) => (
        <dl className="facts">
          <Fact name="Share">{hitRatio === null ? 'nothing was asked for' : percent(hitRatio)}</Fact>
          <Fact name="Counted">
            {countOf(blocks, 'block')}, since <Ago at={since} />
          </Fact>
        </dl>
      )}
    </Part>
  );
}

/** Indexes that cost every write and serve no query. */
export function IndexesPart({ sections: { indexes }, silent }: Props) {
  return (
    <Part title="Invalid indexes" part={indexes} silent={silent}>
      {({ invalid }) =>
        invalid.length === 0 ? (
          <Nothing>Every index is valid.</Nothing>
        ) : (
          <DenseTable caption="Invalid indexes" columns={['Index', 'Table', 'Size#', 'State']}>
            {invalid.map(({ index, table, bytes, beingBuilt }) => (
              <tr key={index}>
                <th scope="row">{index}</th>
                <Cell label="Table">{table}</Cell>
                <Cell label="Size" className="number">
                  {bytes === null ? 'not known' : size(bytes)}
                </Cell>
                <Cell label="State">{beingBuilt ? 'being built' : 'left behind'}</Cell>
              </tr>
            ))}
          </DenseTable>
        )
      }
    </Part>
  );
}

/** Which tables take the room. */
export function TablesPart({ sections: { tables }, silent }: Props) {
  return (
    <Part
      title="Largest tables"
      part={tables}
      silent={silent}
      aside={({ count, largest }) => (count > largest.length ? `${largest.length} of ${whole(count)}` : null)}
    >
      {({ largest }) =>
        largest.length === 0 ? (
          <Nothing>There is no table yet.</Nothing>
        ) : (
          <DenseTable caption="Largest tables" columns={['Table', 'Size#', 'Indexes#', 'Rows#']}>
            {largest.map(({ table, totalBytes, indexBytes, rows, estimated }) => (
              <tr key={table}>
                <th scope="row">{table}</th>
                <Cell label="Size" className="number">
                  {estimated ? 'about ' : ''}
                  {size(totalBytes)}
                </Cell>
                <Cell label="Indexes" className="number">
                  {size(indexBytes)}
                </Cell>
                <Cell label="Rows" className="number">
                  {rows === null ? 'not counted' : whole(rows)}
                </Cell>
              </tr>
            ))}
          </DenseTable>
        )
      }
    </Part>
  );
}
