import type { DatabaseSections } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { countOf } from '../parts/size.ts';
import { DenseTable, Nothing, Part, Statement } from './Part.tsx';
import { spanOf } from './words.ts';

interface Props {
  readonly sections: DatabaseSections;
  readonly silent: boolean;
}

/** Who has a transaction open, for how long, and whether it is at work. */
export function SessionsPart({ sections: { sessions }, silent }: Props) {
  return (
    <Part
      title="Open transactions"
      part={sessions}
      silent={silent}
      aside={({ total }) => `${countOf(total, 'session')} in this database`}
    >
      {({ open, prepared }) => (
        <>
          {open.length === 0 && prepared.length === 0 ? <Nothing>No transaction is open.</Nothing> : null}
          {open.length === 0 ? null : (
            <DenseTable caption="Open transactions" columns={['Program', 'State', 'Open for#', 'Statement']}>
              {open.map((each) => (
                <tr key={each.pid}>
                  <th scope="row">
                    {each.application}
                    <span className="health-note">
                      pid {each.pid}, {each.role}
                      {each.client === null ? '' : ` from ${each.client}`}
                    </span>
                  </th>
                  <Cell label="State">
                    {each.kind === 'client' ? '' : `${each.kind}, `}
                    {each.state ?? 'not shown'}
                    {each.stateSeconds === null ? null : (
                      <span className="health-note">for {spanOf(each.stateSeconds)}</span>
                    )}
                  </Cell>
                  <Cell label="Open for" className="number">
                    {spanOf(each.transactionSeconds)}
                  </Cell>
                  <Cell label="Statement">
                    <Statement text={each.statement} />
                  </Cell>
                </tr>
              ))}
            </DenseTable>
          )}
          {prepared.map(({ gid, owner, seconds }) => (
            <p key={gid} className="health-line">
              Prepared transaction <code>{gid}</code> of {owner}, left for {spanOf(seconds)}
            </p>
          ))}
        </>
      )}
    </Part>
  );
}
