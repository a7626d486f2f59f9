import type { PreflightReading, PreflightRun } from '../../src/contract/index.ts';
import { Remedy } from '../parts/Copy.tsx';
import { Notice, Section } from '../parts/Section.tsx';
import { shortSha } from '../parts/size.ts';
import { Status, type Look } from '../parts/Status.tsx';
import { Ago, Moment } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';
import { checkLooks } from './looks.ts';
import { RehearsalLine } from './Rehearsal.tsx';

interface PreflightProps {
  readonly run: PreflightRun | null;
  readonly reading: PreflightReading;
  /** How to get one, when none has been recorded; '' when there is nothing to type. */
  readonly remedy: string;
}

/** The newest recorded preflight run. Preflight is run by people, never from here. */
export function PreflightPart({ run, reading, remedy }: PreflightProps) {
  return (
    <Section title="Preflight" aside={run === null ? undefined : <Outcome run={run} />}>
      {reading.status === 'unknown' ? (
        <Unreadable title="Whether one has been recorded is not known" error={reading.error}>
          {run === null ? null : <p>Below is the last one known.</p>}
        </Unreadable>
      ) : null}
      {run === null ? null : <Run run={run} />}
      {run === null && reading.status !== 'unknown' ? <NoneRecorded remedy={remedy} /> : null}
    </Section>
  );
}

const stale: Look = { tone: 'warn', icon: 'warning', word: 'stale' };

function Outcome({ run }: { readonly run: PreflightRun }) {
  return (
    <span className="outcome">
      {run.stale ? <Status look={stale} /> : null}
      <Status look={checkLooks[run.status]} />
    </span>
  );
}

function NoneRecorded({ remedy }: Pick<PreflightProps, 'remedy'>) {
  return (
    <div className="empty">
      <p className="empty-title">None has been recorded</p>
      <p>Preflight judges a release before anything is changed. An operator runs it, with the new image's migrator.</p>
      <Remedy text={remedy} />
    </div>
  );
}

function Run({ run }: { readonly run: PreflightRun }) {
  return (
    <>
      {run.stale ? (
        <Notice tone="warn" title="Things have changed since it ran">
          <ul className="bullets">
            {run.staleReasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
      <p className="preflight-facts">
        Judged release <strong>{run.targetVersion}</strong>{' '}
        <span className="quiet" title={run.targetImageSha}>
          (image <code>{shortSha(run.targetImageSha)}</code>)
        </span>
        , run by <strong>{run.ranBy}</strong> on {run.host} <Ago at={run.ranAt} />
        {run.recordedBy === run.ranBy ? null : `, recorded by ${run.recordedBy}`}{' '}
        <span className="quiet">
          (<Moment at={run.ranAt} />)
        </span>
      </p>
      {run.rehearsal === null ? null : <RehearsalLine rehearsal={run.rehearsal} />}
      <ul className="counts" aria-label="Checks by outcome">
        {(['fail', 'warn', 'pass', 'skip'] as const).map((status) => (
          <li key={status} data-tone={run.counts[status] > 0 ? checkLooks[status].tone : 'plain'}>
            <strong>{run.counts[status]}</strong> {status}
          </li>
        ))}
      </ul>
      <Checks checks={run.checks} />
    </>
  );
}

const worstFirst = { fail: 0, warn: 1, skip: 2, pass: 3 } as const;

/** What is not well stands open; what passed is one line that opens, unless it is all there is. */
function Checks({ checks }: Pick<PreflightRun, 'checks'>) {
  const sorted = [...checks].sort((a, b) => worstFirst[a.status] - worstFirst[b.status]);
  const open = sorted.filter(({ status }) => status !== 'pass');
  const passed = sorted.filter(({ status }) => status === 'pass');
  return (
    <>
      {open.length === 0 ? null : <CheckTable checks={open} />}
      {passed.length === 0 ? null : (
        <details className="checks-passed" open={open.length === 0}>
          <summary>{passed.length === 1 ? '1 check passed' : `${passed.length} checks passed`}</summary>
          <CheckTable checks={passed} />
        </details>
      )}
    </>
  );
}

function CheckTable({ checks }: Pick<PreflightRun, 'checks'>) {
  return (
    <table className="table checks">
      <thead>
        <tr>
          <th scope="col">Outcome</th>
          <th scope="col">Check</th>
          <th scope="col">What was found</th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check) => (
          <CheckRow key={check.code} check={check} />
        ))}
      </tbody>
    </table>
  );
}

function CheckRow({ check }: { readonly check: PreflightRun['checks'][number] }) {
  return (
    <tr>
      <td>
        <Status look={checkLooks[check.status]} />
      </td>
      <th scope="row">
        {check.title}
        <code className="quiet check-code">{check.code}</code>
      </th>
      <td>
        <div className="check-found">
          <p>{check.message}</p>
          {check.remedy.split('\n').map((line) => (
            <Remedy key={line} text={line} />
          ))}
        </div>
      </td>
    </tr>
  );
}
