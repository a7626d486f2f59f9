import type { CandidateState, ReleasePosture, UpgradeCandidate } from '../../src/contract/index.ts';
import { Command, Remedy } from '../parts/Copy.tsx';
import { Section } from '../parts/Section.tsx';
import { shortSha } from '../parts/size.ts';
import { sentence } from '../parts/sentence.ts';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { candidateLooks, checkLooks } from './looks.ts';
import { UpgradeFacts } from './UpgradeFacts.tsx';
import { UpgradeMigrations } from './UpgradeMigrations.tsx';

/** The release that may come: what it would do to this deployment as it is now, and the one thing to do next. */
export function UpgradePart({ posture }: { readonly posture: ReleasePosture }) {
  const { candidate, horizon, app, preflightReading } = posture;
  if (candidate === null) return <NoCandidate posture={posture} isKnown={preflightReading.status !== 'unknown'} />;
  const look = candidateLooks[candidate.state];
  return (
    <Section title="Upgrade" aside={<Status look={look} />} className="upgrade">
      <div className="upgrade-body" data-tone={look.tone}>
        <Head candidate={candidate} from={app.version} />
        <NextStep next={candidate.next} />
        <Causes candidate={candidate} />
        <UpgradeFacts candidate={candidate} horizon={horizon} />
        <UpgradeMigrations candidate={candidate} />
      </div>
    </Section>
  );
}

function NoCandidate({ posture, isKnown }: { readonly posture: ReleasePosture; readonly isKnown: boolean }) {
  const { app, horizon } = posture;
  return (
    <section className="section upgrade-none" aria-labelledby="upgrade" data-field="Upgrade">
      <div className="upgrade-none-words">
        <h2 id="upgrade">Upgrade</h2>
        <p>
          {isKnown
            ? `No release newer than ${app.version} has been judged. Preflight, run from its image, puts it here before anything is changed.`
            : 'Whether a newer release has been judged is not known: the preflight record cannot be read.'}
        </p>
        <p className="quiet">{sentence(horizon.message)}</p>
      </div>
      {isKnown ? <Command text={`${app.migratorCommand} preflight`} /> : null}
    </section>
  );
}

/** What each state comes to, for somebody who has to decide. */
const answers: Readonly<Record<CandidateState, string>> = {
  migrating: 'A migrator is at work.',
  unknown: 'Cannot tell whether it may be applied.',
  blocked: 'It cannot be applied as things are now.',
  migrated: 'The databases are ready for it; its managers are still to be started.',
  stale: 'Its preflight no longer describes this deployment.',
  acknowledge: 'It may be applied once its dangerous migrations have been read.',
  failed: 'It must not be applied yet: a check failed.',
  warned: 'It may be applied, once its warnings have been read.',
  ready: 'It may be applied.',
};

function Head({ candidate, from }: { readonly candidate: UpgradeCandidate; readonly from: string }) {
  const { version, imageSha, run, state } = candidate;
  return (
    <div className="upgrade-head">
      <p className="upgrade-versions">
        <span className="only-spoken">From </span>
        <span className="upgrade-from">{from}</span>
        <span className="versions-arrow" aria-hidden="true">
          →
        </span>
        <span className="only-spoken"> to </span>
        <span>{version}</span>
      </p>
      <div className="upgrade-answer">
        <p className="upgrade-words">{answers[state]}</p>
        <p className="quiet">
          Judged <Ago at={run.ranAt} /> by {run.ranBy} on {run.host}
          {run.recordedBy === run.ranBy ? '' : `, recorded by ${run.recordedBy}`}; image{' '}
          <code title={imageSha}>{shortSha(imageSha)}</code>.
        </p>
      </div>
    </div>
  );
}

function NextStep({ next }: Pick<UpgradeCandidate, 'next'>) {
  return (
    <div className="upgrade-next">
      <h3>Next</h3>
      <div>
        <p>{next.why}</p>
        <Remedy text={next.command} />
      </div>
    </div>
  );
}

/** Why the state is not better: what is so now, what changed since, which checks did not pass. */
function Causes({ candidate: { obstacles, run, findings, next, state } }: { readonly candidate: UpgradeCandidate }) {
  const shown = state === 'failed' || state === 'warned' ? findings : [];
  const reasons = state === 'migrated' ? [] : run.staleReasons;
  // The first of them is what comes next, and said there.
  const others = obstacles.filter(({ message }) => !next.why.includes(message));
  if (others.length + reasons.length + shown.length === 0) return null;
  return (
    <ul className="upgrade-causes" aria-label="What stands in the way">
      {others.map(({ part, message, remedy }) => (
        <li key={`${part} ${message}`}>
          <p>{sentence(message)}</p>
          <Remedy text={remedy === next.command ? '' : remedy} />
        </li>
      ))}
      {reasons.map((reason) => (
        <li key={reason}>
          <p>{sentence(reason)}</p>
        </li>
      ))}
      {shown.map(({ code, title, status, message }) => (
        <li key={code}>
          <p>
            <Status look={checkLooks[status]} /> <strong>{title}</strong>: {message}
          </p>
        </li>
      ))}
    </ul>
  );
}
