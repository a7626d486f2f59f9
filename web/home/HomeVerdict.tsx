import { Link } from '@tanstack/react-router';
import type { ReleasePosture } from '../../src/contract/index.ts';
import { Remedy } from '../parts/Copy.tsx';
import { Emblem } from '../parts/Mark.tsx';
import { sentence } from '../parts/sentence.ts';
import { countOf } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { severityLooks, verdictLooks } from '../release/looks.ts';
import { groupReasons, reasonsUnder, saidBeyond } from '../release/reasons.ts';

const shownReasons = 2;

/** The verdict with the worst of its reasons; the rest stands on Release. */
export function HomeVerdict({ posture: { verdict, app } }: { readonly posture: ReleasePosture }) {
  const look = verdictLooks[verdict.status];
  const groups = groupReasons(reasonsUnder(verdict, undefined));
  const left = groups.length - shownReasons;
  return (
    <section className="section home-verdict" aria-labelledby="verdict" data-tone={look.tone} data-field="Verdict">
      <Emblem status={verdict.status} />
      <div className="home-verdict-words">
        <div className="home-kicker">
          <h2 id="verdict">Verdict</h2>
          <Status look={look} />
        </div>
        <p className="home-headline">{verdict.headline}</p>
        {groups.slice(0, shownReasons).map(({ severity, remedy, members }) => (
          <div key={`${severity} ${remedy} ${members[0]?.message}`} className="home-reason">
            {members
              .filter((reason) => saidBeyond(verdict.headline, reason) !== '')
              .map((reason) => (
                <p key={`${reason.code} ${reason.part} ${reason.message}`}>
                  <Status look={severityLooks[severity]} /> {sentence(reason.message)}
                </p>
              ))}
            <Remedy text={remedy} />
          </div>
        ))}
        <p className="quiet">
          Release {app.version}. <Link to="/admin/release">{moreWords(left)}</Link>
        </p>
      </div>
    </section>
  );
}

function moreWords(left: number): string {
  return left > 0 ? `${countOf(left, 'more reason')} on Release` : 'All of it on Release';
}
