import type { Verification } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Status } from '../parts/Status.tsx';
import { duration } from '../parts/time.ts';
import { Moment } from '../parts/Time.tsx';
import { methodWords, resultLooks } from './looks.ts';

/** Every check of a bundle that is on record, newest first. */
export function Ledger({ verifications }: { readonly verifications: readonly Verification[] }) {
  return (
    <section className="detail" aria-labelledby="ledger-heading">
      <h3 id="ledger-heading">Verification ledger</h3>
      {verifications.length === 0 ? (
        <p className="quiet">It was never checked: that it was written whole is all that is known.</p>
      ) : (
        <table className="table stacking">
          <caption className="only-spoken">Checks of this bundle</caption>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Method</th>
              <th scope="col">Result</th>
              <th scope="col">Found</th>
            </tr>
          </thead>
          <tbody>
            {verifications.map((each) => (
              <tr key={`${each.target} ${each.method} ${each.at}`}>
                <th scope="row">
                  <Moment at={each.at} />
                </th>
                <Cell label="Method">
                  {methodWords[each.method]} on {each.target}
                </Cell>
                <Cell label="Result">
                  <Status look={resultLooks[each.result]} />
                </Cell>
                <Cell label="Found">
                  {each.message}
                  <span className="bundle-note">
                    by {each.by}, in {duration(each.durationMs)}
                  </span>
                </Cell>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
