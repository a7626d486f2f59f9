import type { EnrolmentTokenEntry } from '../../src/contract/index.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Cell } from '../parts/Cell.tsx';
import { Section } from '../parts/Section.tsx';
import { countOf } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Ago, useManagerTime } from '../parts/Time.tsx';
import { tokenLooks } from './looks.ts';
import { partTokens, tokenState } from './tokens.ts';

export interface EnrolmentTokensProps {
  /** Undefined until they have been read. */
  readonly tokens: readonly EnrolmentTokenEntry[] | undefined;
  readonly error: Error | null;
  /** Absent for those who may change nothing. */
  readonly onRevoke?: ((token: EnrolmentTokenEntry) => void) | undefined;
}

const clockStepMs = 5000;

/** Which tokens scanners may enrol with, and which they no longer may. */
export function EnrolmentTokens({ tokens, error, onRevoke }: EnrolmentTokensProps) {
  const now = useManagerTime(clockStepMs);
  const { open, ended } = partTokens(tokens ?? [], now);
  return (
    <Section title="Enrolment tokens">
      {error === null ? null : <ErrorNotice error={error} />}
      {tokens === undefined ? null : (
        <>
          {open.length === 0 ? (
            <p className="quiet">No token is open: no scanner can enrol until one is made.</p>
          ) : (
            <TokenTable tokens={open} now={now} onRevoke={onRevoke} />
          )}
          {ended.length === 0 ? null : (
            <details className="tokens-ended">
              <summary>{countOf(ended.length, 'token')} used up, expired or revoked</summary>
              <TokenTable tokens={ended} now={now} />
            </details>
          )}
        </>
      )}
    </Section>
  );
}

interface TokenTableProps {
  readonly tokens: readonly EnrolmentTokenEntry[];
  readonly now: number;
  readonly onRevoke?: EnrolmentTokensProps['onRevoke'];
}

function TokenTable({ tokens, now, onRevoke }: TokenTableProps) {
  return (
    <table className="table stacking tokens">
      <thead>
        <tr>
          <th scope="col">What for</th>
          <th scope="col">State</th>
          <th scope="col">Used</th>
          <th scope="col">Expires</th>
          <th scope="col">Made</th>
          {onRevoke === undefined ? null : (
            <th scope="col">
              <span className="only-spoken">Revoke</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <th scope="row">{noteOf(token)}</th>
            <Cell label="State">
              <Status look={tokenLooks[tokenState(token, now)]} />
            </Cell>
            <Cell label="Used">
              {token.uses.toLocaleString('en')} of {token.maxUses.toLocaleString('en')}
            </Cell>
            <Cell label="Expires">
              <Ago at={token.expiresAt} />
            </Cell>
            <Cell label="Made">
              <Ago at={token.madeAt} /> by {token.madeBy}
            </Cell>
            {onRevoke === undefined ? null : (
              <td className="number">
                <button type="button" className="button" onClick={() => onRevoke(token)}>
                  Revoke<span className="only-spoken"> the token for {noteOf(token)}</span>
                </button>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What a token is called: tokens themselves are never shown again. */
export function noteOf(token: Pick<EnrolmentTokenEntry, 'note'>): string {
  return token.note === '' ? 'no note' : token.note;
}
