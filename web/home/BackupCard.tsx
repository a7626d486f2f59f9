import type { LastBackup } from '../../src/contract/index.ts';
import { bundleLooks } from '../parts/bundle-looks.ts';
import { sentence } from '../parts/sentence.ts';
import { Status, type Look } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { Card } from './Card.tsx';

const silentLook: Look = { tone: 'dim', icon: 'question', word: 'cannot tell' };
const noneLook: Look = { tone: 'warn', icon: 'warning', word: 'none' };

/** The newest bundle: its age and how good it is known to be. */
export function BackupCard({ backup }: { readonly backup: LastBackup }) {
  return (
    <Card title="Last backup" to="/admin/backups" page="Backups">
      <Content backup={backup} />
    </Card>
  );
}

function Content({ backup: { status, bundle, error } }: { readonly backup: LastBackup }) {
  if (status === 'unavailable') {
    return (
      <>
        <p className="home-figure">
          <Status look={silentLook} />
        </p>
        <p className="quiet">{sentence(error?.message ?? 'the backup service cannot be asked')}</p>
      </>
    );
  }
  if (bundle === null) {
    return (
      <>
        <p className="home-figure">
          <Status look={noneLook} />
        </p>
        <p className="quiet">The backup service holds no bundle.</p>
      </>
    );
  }
  return (
    <>
      <p className="home-figure">
        <Ago at={bundle.createdAt} />
      </p>
      <p>
        <Status look={bundleLooks[bundle.state]} />
      </p>
    </>
  );
}
