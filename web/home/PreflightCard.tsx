import type { ReleasePosture } from '../../src/contract/index.ts';
import { sentence } from '../parts/sentence.ts';
import { Status, type Look } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { checkLooks } from '../release/looks.ts';
import { Card } from './Card.tsx';

const unknownLook: Look = { tone: 'dim', icon: 'question', word: 'cannot tell' };
const staleLook: Look = { tone: 'warn', icon: 'warning', word: 'stale' };

/** What the latest preflight said, and of which release. */
export function PreflightCard({
  posture,
}: {
  readonly posture: Pick<ReleasePosture, 'preflight' | 'preflightReading'>;
}) {
  return (
    <Card title="Preflight" to="/admin/release" page="Release">
      <Content {...posture} />
    </Card>
  );
}

function Content({ preflight, preflightReading }: Pick<ReleasePosture, 'preflight' | 'preflightReading'>) {
  if (preflight === null) {
    const unknown = preflightReading.status === 'unknown';
    return (
      <>
        <p className="home-figure">
          {unknown ? <Status look={unknownLook} /> : <span className="quiet">none yet</span>}
        </p>
        <p className="quiet">
          {sentence(preflightReading.error?.message ?? 'an operator runs it, before anything is changed')}
        </p>
      </>
    );
  }
  return (
    <>
      <p className="home-figure">
        <Status look={checkLooks[preflight.status]} /> {preflight.stale ? <Status look={staleLook} /> : null}
      </p>
      <p className="quiet">
        of release {preflight.targetVersion}, <Ago at={preflight.ranAt} />
      </p>
    </>
  );
}
