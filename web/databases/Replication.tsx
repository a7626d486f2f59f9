import type { DatabaseSections } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { size } from '../parts/size.ts';
import { Ago } from '../parts/Time.tsx';
import { DenseTable, Nothing, Part } from './Part.tsx';
import { spanOf } from './words.ts';

interface Props {
  readonly sections: DatabaseSections;
  readonly silent: boolean;
}

/** Who follows the server, what is kept for them, and whom it follows itself. */
export function ReplicationPart({ sections: { replication }, silent }: Props) {
  return (
    <Part title="Replication" part={replication} silent={silent}>
      {({ standbys, slots, following }) => (
        <>
          {following === null ? null : <Following following={following} />}
          {standbys.length === 0 ? (
            <Nothing>No standby follows this server.</Nothing>
          ) : (
            <Standbys standbys={standbys} />
          )}
          {slots.length === 0 ? <Nothing>No replication slot.</Nothing> : <Slots slots={slots} />}
        </>
      )}
    </Part>
  );
}

type Value = NonNullable<DatabaseSections['replication']['value']>;

function Following({ following }: { readonly following: NonNullable<Value['following']> }) {
  const { receiving, behindBytes, behindSeconds } = following;
  return (
    <p className="health-line">
      A standby itself: {receiving === false ? 'receives nothing' : 'receives'},{' '}
      {behindBytes === null ? 'how far behind is not known' : `${size(behindBytes)} not replayed`}
      {behindSeconds === null ? '' : `, ${spanOf(behindSeconds)} behind`}
    </p>
  );
}

function Standbys({ standbys }: Pick<Value, 'standbys'>) {
  return (
    <DenseTable caption="Standbys" columns={['Standby', 'State', 'Behind#', 'Replayed#']}>
      {standbys.map(({ name, state, sync, behindBytes, behindSeconds }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <Cell label="State">
            {state ?? 'not shown'}
            {sync === null ? '' : `, ${sync}`}
          </Cell>
          <Cell label="Behind" className="number">
            {behindBytes === null ? 'not shown' : size(behindBytes)}
          </Cell>
          <Cell label="Replayed" className="number">
            {behindSeconds === null ? 'all' : `${spanOf(behindSeconds)} later`}
          </Cell>
        </tr>
      ))}
    </DenseTable>
  );
}

function Slots({ slots }: Pick<Value, 'slots'>) {
  return (
    <DenseTable caption="Replication slots" columns={['Slot', 'Read', 'Keeps#', 'Until lost#']}>
      {slots.map(({ name, type, active, walStatus, keptBytes, safeBytes, inactiveSince }) => (
        <tr key={name}>
          <th scope="row">
            {name} <span className="quiet">{type}</span>
          </th>
          <Cell label="Read">
            {active ? 'yes' : 'by nobody'}
            {inactiveSince === null ? null : (
              <span className="health-note">
                since <Ago at={inactiveSince} />
              </span>
            )}
          </Cell>
          <Cell label="Keeps" className="number">
            {keptBytes === null ? 'nothing yet' : size(keptBytes)}
            {walStatus === null || walStatus === 'reserved' ? null : <span className="health-note">{walStatus}</span>}
          </Cell>
          <Cell label="Until lost" className="number">
            {safeBytes === null ? 'no limit' : size(safeBytes)}
          </Cell>
        </tr>
      ))}
    </DenseTable>
  );
}
