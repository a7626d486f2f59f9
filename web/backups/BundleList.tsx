import type { BackupList, BackupStatus, BrokenBundle } from '../../src/contract/index.ts';
import type { Heard } from '../api/backups.ts';
import { Cell } from '../parts/Cell.tsx';
import { Section } from '../parts/Section.tsx';
import { sentence } from '../parts/sentence.ts';
import { countOf } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';
import { BundleTable } from './BundleTable.tsx';
import { brokenLook } from './looks.ts';

/** How many are shown until all are asked for. */
const shownFirst = 25;

interface BundleListProps {
  readonly list: Heard<BackupList> | undefined;
  readonly status: BackupStatus;
  readonly showsAll: boolean;
  readonly onShowAll: () => void;
  readonly onOpen: (id: string) => void;
  readonly onTake: (() => void) | undefined;
}

/** The bundles, newest first, and what lies among them and is none. */
export function BundleList({ list, showsAll, onShowAll, onOpen, onTake }: BundleListProps) {
  if (list === undefined) return <div className="bone bone-list" aria-hidden="true" />;
  const { said, silence } = list;
  if (said === null) {
    const error = silence && { code: silence.problem.code, message: silence.problem.detail };
    return (
      <Section title="Bundles">
        <Unreadable title="The bundles cannot be listed" error={error} />
      </Section>
    );
  }
  const shown = showsAll ? said.bundles : said.bundles.slice(0, shownFirst);
  return (
    <Section title="Bundles" aside={said.bundles.length === 0 ? undefined : countOf(said.bundles.length, 'bundle')}>
      {said.bundles.length === 0 ? <Empty onTake={onTake} /> : <BundleTable bundles={shown} onOpen={onOpen} />}
      {shown.length === said.bundles.length ? null : (
        <div className="pager">
          <button type="button" className="button" onClick={onShowAll}>
            Show all {said.bundles.length}
          </button>
        </div>
      )}
      {said.broken.length === 0 ? null : <Broken broken={said.broken} />}
    </Section>
  );
}

function Empty({ onTake }: Pick<BundleListProps, 'onTake'>) {
  return (
    <div className="empty">
      <p className="empty-title">No backup has been taken yet</p>
      <p>
        A bundle holds all three databases as they were at one moment. Take the first one now; later ones are taken by
        themselves, as scheduled.
      </p>
      {onTake === undefined ? (
        <p>An administrator takes it on this page.</p>
      ) : (
        <button type="button" className="button" data-kind="main" onClick={onTake}>
          Take the first backup
        </button>
      )}
    </div>
  );
}

function Broken({ broken }: { readonly broken: readonly BrokenBundle[] }) {
  return (
    <div className="broken">
      <h3>Found among the bundles, and none of them</h3>
      <p className="quiet">
        Nothing here is restored, counted or deleted by itself. Look at each where it lies, and remove it by hand.
      </p>
      <table className="table stacking">
        <caption className="only-spoken">What is no bundle</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Target</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {broken.map(({ name, target, error }) => (
            <tr key={`${target} ${name}`}>
              <th scope="row" className="mono">
                {name}
              </th>
              <Cell label="State">
                <Status look={brokenLook} />
              </Cell>
              <Cell label="Target">{target}</Cell>
              <Cell label="Why">
                {sentence(error.message)} <code className="quiet">{error.code}</code>
              </Cell>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
