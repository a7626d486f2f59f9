import type { DatabaseSections } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Ago } from '../parts/Time.tsx';
import { DenseTable, Fact, Nothing, Part } from './Part.tsx';
import { millis, whole } from './words.ts';

interface Props {
  readonly sections: DatabaseSections;
  readonly silent: boolean;
}

/** The server, how fast it answers, and with which role it is asked. */
export function ServerPart({ sections: { server, rights }, silent }: Props) {
  return (
    <Part title="Server" part={server} silent={silent}>
      {({ host, version, startedAt, inRecovery, connectMs, roundTripMs }) => (
        <dl className="facts">
          <Fact name="Postgres">
            {version}, {inRecovery ? 'a standby' : 'a primary'}
          </Fact>
          <Fact name="Host">
            <code>{host}</code>
          </Fact>
          <Fact name="Started">
            <Ago at={startedAt} />
          </Fact>
          <Fact name="Connects in">{millis(connectMs)}</Fact>
          <Fact name="Answers in">{millis(roundTripMs)}</Fact>
          {rights.value === null ? null : (
            <Fact name="Read as">
              <code>{rights.value.role}</code>{' '}
              <span className="quiet">{rights.value.monitor ? 'with pg_monitor' : 'without pg_monitor'}</span>
            </Fact>
          )}
        </dl>
      )}
    </Part>
  );
}

/** Who is connected to the server, and how much of it that takes up. */
export function ConnectionsPart({ sections: { connections }, silent }: Props) {
  return (
    <Part
      title="Connections"
      part={connections}
      silent={silent}
      aside={({ used, limit, reserved }) =>
        `${whole(used)} of ${whole(limit)} in use on the server, ${reserved} kept back`
      }
    >
      {({ used, limit, reserved, clients }) => (
        <>
          <meter
            className="used"
            aria-label="Connections in use"
            min={0}
            max={limit - reserved}
            high={(limit - reserved) * 0.8}
            optimum={0}
            value={used}
          />
          {clients.length === 0 ? (
            <Nothing>Nobody is connected.</Nothing>
          ) : (
            <DenseTable caption="Connections" columns={['Program', 'Role', 'Database', 'Connections#', 'At work#']}>
              {clients.map((client) => (
                <tr key={`${client.application} ${client.role} ${client.database}`}>
                  <th scope="row">{client.application}</th>
                  <Cell label="Role">{client.role}</Cell>
                  <Cell label="Database">{client.database}</Cell>
                  <Cell label="Connections" className="number">
                    {whole(client.total)}
                  </Cell>
                  <Cell label="At work" className="number">
                    {whole(client.active)}
                  </Cell>
                </tr>
              ))}
            </DenseTable>
          )}
        </>
      )}
    </Part>
  );
}
