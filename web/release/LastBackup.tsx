import type { BundleSummary, LastBackup } from '../../src/contract/index.ts';
import { Section } from '../parts/Section.tsx';
import { sentence } from '../parts/sentence.ts';
import { size } from '../parts/size.ts';
import { Status, type Look } from '../parts/Status.tsx';
import { Ago, Moment } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';

/** The newest bundle as the backup service tells. A service that cannot be reached is not the same as no backup. */
export function LastBackupPart({ backup }: { readonly backup: LastBackup }) {
  return (
    <Section title="Last backup" className="backup">
      <Content backup={backup} />
    </Section>
  );
}

function Content({ backup }: { readonly backup: LastBackup }) {
  if (backup.status === 'unavailable') return <UnavailableBackup backup={backup} />;
  if (backup.bundle === null) {
    return (
      <div className="empty">
        <p className="empty-title">No backup has been taken</p>
        <p>The backup service answers, and holds no bundle. Take one before you migrate.</p>
      </div>
    );
  }
  return <Bundle bundle={backup.bundle} />;
}

function UnavailableBackup({ backup: { error, lastKnown } }: { readonly backup: LastBackup }) {
  if (error?.code === 'backup_not_configured') {
    return (
      <div className="empty">
        <p className="empty-title">No backup service is set up</p>
        <p>{sentence(error.message)}</p>
      </div>
    );
  }
  return (
    <Unreadable title="The backup service cannot be asked" error={error}>
      <p>
        <LastKnownBundle lastKnown={lastKnown} />
      </p>
    </Unreadable>
  );
}

function LastKnownBundle({ lastKnown }: Pick<LastBackup, 'lastKnown'>) {
  if (lastKnown === null) return 'Whether there is a backup is not known: the service has not answered yet.';
  const read = <Ago at={lastKnown.readAt} />;
  if (lastKnown.bundle === null) return <>Last known: no backup, as it said {read}.</>;
  return (
    <>
      Last known: <code>{lastKnown.bundle.id}</code>, taken <Ago at={lastKnown.bundle.createdAt} />; the service said so{' '}
      {read}.
    </>
  );
}

const verified: Look = { tone: 'good', icon: 'check', word: 'verified' };
const unverified: Look = { tone: 'warn', icon: 'question', word: 'not verified' };

function Bundle({ bundle }: { readonly bundle: BundleSummary }) {
  return (
    <>
      <p className="backup-age">
        <Ago at={bundle.createdAt} />
      </p>
      <p className="quiet backup-when">
        <Moment at={bundle.createdAt} />
      </p>
      <dl className="facts">
        <div>
          <dt>Bundle</dt>
          <dd className="mono">{bundle.id}</dd>
        </div>
        <div>
          <dt>Size</dt>
          <dd>{size(bundle.bytes)}</dd>
        </div>
        <div>
          <dt>Verified</dt>
          <dd>
            {bundle.verifiedAt === null ? (
              <Status look={unverified} />
            ) : (
              <Status look={verified}>
                verified <Ago at={bundle.verifiedAt} />
              </Status>
            )}
          </dd>
        </div>
        <div>
          <dt>Schema versions</dt>
          <dd>
            {Object.entries(bundle.schemaVersions)
              .map(([name, version]) => `${name} ${version}`)
              .join(' · ')}
          </dd>
        </div>
      </dl>
    </>
  );
}
