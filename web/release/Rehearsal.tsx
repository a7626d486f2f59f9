import type { RehearsalSummary } from '../../src/contract/index.ts';
import { countOf } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Moment } from '../parts/Time.tsx';
import { duration } from '../parts/time.ts';
import { checkLooks } from './looks.ts';

/** What a rehearsal of exactly the migrations that preflight judged has shown. */
export function RehearsalLine({ rehearsal }: { readonly rehearsal: RehearsalSummary }) {
  const { bundle, migrations, seconds } = rehearsal;
  if (seconds === null)
    return (
      <p className="preflight-facts">
        <Status look={checkLooks.fail} /> Rehearsed on your own data of <Moment at={bundle.createdAt} />, and that did
        not go well: see the check below.
      </p>
    );
  return (
    <p className="preflight-facts">
      Rehearsed on your own data of <Moment at={bundle.createdAt} />:{' '}
      <strong>
        {countOf(migrations, 'migration')}, {duration(Math.round(seconds * 1000))}
      </strong>
    </p>
  );
}
