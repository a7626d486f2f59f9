import { useEffect, useRef, useState } from 'react';
import type { Reason, ReleasePosture, Verdict } from '../../src/contract/index.ts';
import { Remedy } from '../parts/Copy.tsx';
import { Emblem } from '../parts/Mark.tsx';
import { shortSha } from '../parts/size.ts';
import { sentence } from '../parts/sentence.ts';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { severityLooks, verdictLooks } from './looks.ts';
import { groupReasons, reasonsUnder, saidBeyond } from './reasons.ts';

interface VerdictPartProps {
  readonly verdict: Verdict;
  readonly app: ReleasePosture['app'];
  /** What the upgrade below names as the next to type, if there is one. */
  readonly nextCommand: string | undefined;
}

/** The answer first: the verdict with its reasons, and which build is answering. */
export function VerdictPart({ verdict, app, nextCommand }: VerdictPartProps) {
  const look = verdictLooks[verdict.status];
  return (
    <section className="section verdict" aria-labelledby="verdict" data-tone={look.tone} data-field="Verdict">
      <SpokenVerdict verdict={verdict} />
      <div className="verdict-top">
        <Emblem status={verdict.status} />
        <div className="verdict-words">
          <div className="kicker">
            <h2 id="verdict">Verdict</h2>
            <Status look={look} />
          </div>
          <p className="verdict-headline">{verdict.headline}</p>
        </div>
        <Build app={app} />
      </div>
      <Reasons verdict={verdict} nextCommand={nextCommand} />
    </section>
  );
}

/** Tells a screen reader when the verdict changes, but not on arrival: the page itself is read then. */
function SpokenVerdict({ verdict }: { readonly verdict: Verdict }) {
  const words = verdict.headline;
  const first = useRef(words);
  const [spoken, setSpoken] = useState('');
  useEffect(() => {
    if (words === first.current) return;
    first.current = '';
    setSpoken(`The verdict has changed. ${words}`);
  }, [words]);
  return <output className="only-spoken">{spoken}</output>;
}

function Build({ app }: { readonly app: ReleasePosture['app'] }) {
  const unknown = app.imageSha === 'unknown';
  return (
    <dl className="build">
      <div data-field="App version">
        <dt>App version</dt>
        <dd>{app.version}</dd>
      </div>
      <div data-field="Image SHA">
        <dt>Image SHA</dt>
        <dd className={unknown ? undefined : 'mono'} title={app.imageSha}>
          {shortSha(app.imageSha)}
        </dd>
        {unknown ? <dd className="build-note">Set by the release tooling only; this was started without it.</dd> : null}
      </div>
      <div>
        <dt>Started</dt>
        <dd>
          <Ago at={app.startedAt} />
        </dd>
      </div>
    </dl>
  );
}

/** What the headline has said already is not said again: of that only the command is left. */
function Reasons({ verdict, nextCommand }: Omit<VerdictPartProps, 'app'>) {
  const { headline } = verdict;
  const groups = groupReasons(reasonsUnder(verdict, nextCommand));
  if (groups.length === 0) return null;
  return (
    <ul className="reasons" aria-label="Reasons, worst first">
      {groups.map(({ severity, remedy, members }) => (
        <li key={`${severity} ${remedy} ${members[0]?.message}`} className="reason">
          <div className="reason-kind">
            <Status look={severityLooks[severity]} />
            <span className="quiet">{partsOf(members)}</span>
          </div>
          <div className="reason-words">
            {members
              .filter((reason) => saidBeyond(headline, reason) !== '')
              .map((reason) => (
                <p key={`${reason.code} ${reason.part} ${reason.message}`}>{sentence(reason.message)}</p>
              ))}
            <Remedy text={remedy} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function partsOf(members: readonly Reason[]): string {
  return [...new Set(members.map((reason) => reason.part))].join(', ');
}
