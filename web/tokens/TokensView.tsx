import type { ApiToken } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Columns } from '../parts/Columns.tsx';
import { Section } from '../parts/Section.tsx';
import { countOf } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Ago, useManagerTime } from '../parts/Time.tsx';
import { visible } from '../parts/visible.ts';
import { apiTokenLooks, apiTokenState } from './state.ts';

interface TokensViewProps {
  readonly tokens: readonly ApiToken[];
  /** Absent for those who may change nothing. */
  readonly onRevoke?: ((token: ApiToken) => void) | undefined;
}

const clockStepMs = 5000;

/** The tokens that are taken, and below them those that no longer are. */
export function TokensView({ tokens, onRevoke }: TokensViewProps) {
  const now = useManagerTime(clockStepMs);
  const live = tokens.filter((token) => apiTokenState(token, now) === 'live');
  const ended = tokens.filter((token) => !live.includes(token));
  return (
    <Section title="API tokens">
      {live.length === 0 ? (
        <div className="empty">
          <p className="empty-title">No token is in use</p>
          <p>
            A program that calls the API carries a token: <code>Authorization: Bearer …</code>. Give each program its
            own, with the least role that does, so that one can be ended without the others.
          </p>
        </div>
      ) : (
        <TokenTable tokens={live} now={now} onRevoke={onRevoke} />
      )}
      {ended.length === 0 ? null : (
        <details className="tokens-ended">
          <summary>{countOf(ended.length, 'token')} expired or revoked</summary>
          <TokenTable tokens={ended} now={now} />
        </details>
      )}
    </Section>
  );
}

function TokenTable({ tokens, now, onRevoke }: TokensViewProps & { readonly now: number }) {
  return (
    <table className="table stacking">
      <Columns names={['Name', 'Role', 'State', 'Last used', 'Expires', 'Made']}>
        {onRevoke === undefined ? null : (
          <th scope="col">
            <span className="only-spoken">Revoke</span>
          </th>
        )}
      </Columns>
      <tbody>
        {tokens.map((token) => (
          <Row key={token.id} token={token} now={now} onRevoke={onRevoke} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps extends Pick<TokensViewProps, 'onRevoke'> {
  readonly token: ApiToken;
  readonly now: number;
}

function Row({ token, now, onRevoke }: RowProps) {
  const name = visible(token.name);
  return (
    <tr>
      <th scope="row">
        <bdi>{name}</bdi>
      </th>
      <Cell label="Role">{token.role}</Cell>
      <Cell label="State">
        <Status look={apiTokenLooks[apiTokenState(token, now)]} />
      </Cell>
      <Cell label="Last used">{token.lastUsedAt === null ? 'never' : <Ago at={token.lastUsedAt} />}</Cell>
      <Cell label="Expires">{token.expiresAt === null ? 'never' : <Ago at={token.expiresAt} />}</Cell>
      <Cell label="Made">
        <Ago at={token.createdAt} /> by <bdi>{visible(token.createdBy)}</bdi>
      </Cell>
      {onRevoke === undefined ? null : (
        <td className="number">
          <button type="button" className="button" onClick={() => onRevoke(token)}>
            Revoke<span className="only-spoken"> {name}</span>
          </button>
        </td>
      )}
    </tr>
  );
}
