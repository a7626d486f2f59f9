import type { ReactNode } from 'react';
import type {
  CandidateDatabase,
  CandidateScanners,
  RollbackHorizon,
  UpgradeCandidate,
} from '../../src/contract/index.ts';
import { Icon } from '../parts/Icon.tsx';
import { countOf } from '../parts/size.ts';
import { sentence } from '../parts/sentence.ts';
import { windowWords } from '../parts/window.ts';

interface UpgradeFactsProps {
  readonly candidate: UpgradeCandidate;
  readonly horizon: RollbackHorizon;
}

/** What the upgrade would change, in three answers: the databases, who keeps working, and how to get back. */
export function UpgradeFacts({ candidate: { databases, scanners }, horizon }: UpgradeFactsProps) {
  return (
    <div className="upgrade-facts">
      <Fact title="Databases">
        <ul className="upgrade-steps">
          {databases.map((database) => (
            <DatabaseStep key={database.name} database={database} />
          ))}
        </ul>
      </Fact>
      <Fact title="Scanners and jobs">
        <ScannersAfter scanners={scanners} />
      </Fact>
      <Fact title="Way back">
        <WayBack horizon={horizon} />
      </Fact>
    </div>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="upgrade-fact">
      <h3>{title}</h3>
      {children}
    </div>
  );
}

const changeWords = {
  none: 'nothing to do',
  migrate: '',
  too_new: 'newer than it knows',
  unknown: 'cannot be read',
} as const satisfies Record<CandidateDatabase['change'], string>;

function DatabaseStep({ database: { name, current, required, change } }: { readonly database: CandidateDatabase }) {
  return (
    <li data-change={change}>
      <span className="upgrade-database">{name}</span>
      <span className="upgrade-step">
        {current ?? '?'}
        {change === 'none' ? null : (
          <>
            <span aria-hidden="true"> {change === 'too_new' ? '>' : '→'} </span>
            <span className="only-spoken">, required </span>
            {required}
          </>
        )}
      </span>
      <span className="quiet">
        {change === 'migrate' ? countOf(required - (current ?? 0), 'migration') : changeWords[change]}
      </span>
    </li>
  );
}

function ScannersAfter({ scanners }: { readonly scanners: CandidateScanners }) {
  const { status, window, total, outside, droppingOut, queuedJobs, more, withoutScanner } = scanners;
  if (status === 'unknown' || total === null)
    return <p>Who would drop out is not known: the fleet cannot be counted.</p>;
  const count = outside.reduce((sum, group) => sum + group.count, 0);
  return (
    <>
      <p data-tone={count > 0 ? 'warn' : 'plain'} className="upgrade-count">
        {total === 0
          ? 'No scanner is enrolled.'
          : count === 0
            ? `All ${countOf(total, 'scanner')} keep working: it speaks ${windowWords(window)}.`
            : `${count.toLocaleString('en')} of ${countOf(total, 'scanner')} get no jobs from it: it speaks ${windowWords(window)}.`}
        {count > 0 && droppingOut !== null && droppingOut < count
          ? ` ${countOf(count - droppingOut, 'of them gets', 'of them get')} none already.`
          : ''}
      </p>
      {outside.length === 0 ? null : (
        <ul className="upgrade-outside">
          {outside.map((group) => (
            <li key={`${group.binaryVersion} ${group.protocolVersion}`}>
              <strong>{group.count.toLocaleString('en')}</strong> × {group.binaryVersion}, protocol{' '}
              {group.protocolVersion} <span className="quiet">({group.online.toLocaleString('en')} online)</span>
            </li>
          ))}
        </ul>
      )}
      <p>{queueWords(queuedJobs, more, withoutScanner)}</p>
    </>
  );
}

function queueWords(queued: number | null, more: boolean, withoutScanner: number | null): string {
  if (queued === null || withoutScanner === null) return 'Whether queued jobs would have a scanner is not known.';
  if (queued === 0) return 'No job waits for a scanner.';
  const jobs = `${more ? 'More than ' : ''}${countOf(queued, 'queued job')}`;
  return withoutScanner === 0
    ? `${jobs} would still have a scanner.`
    : `${jobs} would have nobody: none inside is online. They wait; none is lost.`;
}

function WayBack({ horizon: { status, after, now, movedBy, message } }: Pick<UpgradeFactsProps, 'horizon'>) {
  const moves = status === 'ok' && movedBy !== null && after !== now;
  return (
    <p className="upgrade-horizon" data-tone={moves ? 'warn' : 'plain'}>
      {moves ? <Icon name="warning" /> : null}
      <span>{sentence(message)}</span>
    </p>
  );
}
