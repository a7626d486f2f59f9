import type { QueuedJobs, Scanners } from '../../src/contract/index.ts';
import { sentence } from '../parts/sentence.ts';
import { countOf } from '../parts/size.ts';
import { Status, type Look } from '../parts/Status.tsx';
import { outsideLook } from '../parts/window.ts';
import { Card } from './Card.tsx';

const unknownLook: Look = { tone: 'dim', icon: 'question', word: 'cannot tell' };
const strandedLook: Look = { tone: 'warn', icon: 'warning', word: 'no eligible scanner' };

/** The fleet in numbers: how many are online, and how many get no jobs. */
export function FleetCard({ scanners }: { readonly scanners: Scanners }) {
  return (
    <Card title="Scanners" to="/admin/scanners" page="Scanners">
      {scanners.status === 'unknown' ? <Unknown error={scanners.error} /> : <Fleet scanners={scanners} />}
    </Card>
  );
}

function Fleet({ scanners: { total, outsideWindow, groups } }: { readonly scanners: Scanners }) {
  const online = groups.reduce((sum, group) => sum + group.online, 0);
  return (
    <>
      <p className="home-figure">
        {online.toLocaleString('en')} <span className="quiet">of {total.toLocaleString('en')} online</span>
      </p>
      {outsideWindow === 0 ? (
        <p className="quiet">{total === 0 ? 'None has enrolled.' : 'All inside the protocol window.'}</p>
      ) : (
        <p>
          <Status look={outsideLook}>{countOf(outsideWindow, 'scanner')} outside the window</Status>
        </p>
      )}
    </>
  );
}

/** What waits for a scanner. */
export function QueueCard({ queue }: { readonly queue: QueuedJobs }) {
  return (
    <Card title="Queue" to="/scans" page="Scans">
      {queue.status === 'unknown' || queue.total === null ? <Unknown error={queue.error} /> : <Queue queue={queue} />}
    </Card>
  );
}

function Queue({ queue: { total, more, withoutScanner } }: { readonly queue: QueuedJobs }) {
  const stranded = withoutScanner ?? 0;
  return (
    <>
      <p className="home-figure">
        {(total ?? 0).toLocaleString('en')}
        {more ? '+' : ''} <span className="quiet">{total === 1 ? 'job waits' : 'jobs wait'}</span>
      </p>
      {stranded === 0 ? null : (
        <p>
          <Status look={strandedLook} /> <span className="quiet">for {countOf(stranded, 'job')}</span>
        </p>
      )}
    </>
  );
}

function Unknown({ error }: Pick<Scanners, 'error'>) {
  return (
    <>
      <p className="home-figure">
        <Status look={unknownLook} />
      </p>
      {error === null ? null : <p className="quiet">{sentence(error.message)}</p>}
    </>
  );
}
