import type { KeyProof } from '../../src/contract/index.ts';
import { isKeyProofDue, keyProofDays } from '../../src/contract/key-proof.ts';
import { Cell } from '../parts/Cell.tsx';
import { Section } from '../parts/Section.tsx';
import { Status } from '../parts/Status.tsx';
import { Ago, useManagerTime } from '../parts/Time.tsx';

interface KeyProofsProps {
  readonly keys: readonly KeyProof[];
  /** Absent for those who may not. */
  readonly onProve: ((proof: KeyProof) => void) | undefined;
}

const clockStepMs = 60_000;

/** To whom bundles are encrypted, and who has shown to hold the private key. */
export function KeyProofs({ keys, onProve }: KeyProofsProps) {
  const now = useManagerTime(clockStepMs);
  return (
    <Section title="Encryption">
      {keys.length === 0 ? (
        <p className="quiet">Bundles are not encrypted. BACKUP_AGE_RECIPIENTS of the backup service changes that.</p>
      ) : (
        <>
          <p className="keys-note">
            Bundles are encrypted to these recipients. The private keys are not on any server: whoever holds one shows
            it by reading a short text. A bundle whose key is lost is lost.
          </p>
          <table className="table stacking">
            <caption className="only-spoken">Recipients</caption>
            <thead>
              <tr>
                <th scope="col">Recipient</th>
                <th scope="col">Key last shown</th>
                {onProve === undefined ? null : (
                  <th scope="col">
                    <span className="only-spoken">Show the key</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {keys.map((proof) => (
                <tr key={proof.recipient}>
                  <th scope="row" className="mono">
                    {proof.recipient}
                  </th>
                  <Cell label="Key last shown">
                    <Shown proof={proof} now={now} />
                  </Cell>
                  {onProve === undefined ? null : (
                    <td className="number">
                      <button type="button" className="button" onClick={() => onProve(proof)}>
                        Show the key<span className="only-spoken"> of {proof.recipient.slice(0, 12)}</span>
                      </button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Section>
  );
}

function Shown({ proof, now }: { readonly proof: KeyProof; readonly now: number }) {
  const { provenAt, provenBy } = proof;
  if (provenAt === null) return <Status look={{ tone: 'warn', icon: 'warning', word: 'never' }} />;
  return (
    <>
      <Ago at={provenAt} /> by {provenBy}{' '}
      {isKeyProofDue(proof, now) ? (
        <Status look={{ tone: 'warn', icon: 'warning', word: `over ${keyProofDays} days` }} />
      ) : null}
    </>
  );
}
