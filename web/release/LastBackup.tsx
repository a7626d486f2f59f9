import type { BundleSummary, LastBackup, WayBack } from '../../src/contract/index.ts';
import { bundleLooks } from '../parts/bundle-looks.ts';
import { Section } from '../parts/Section.tsx';
import { sentence } from '../parts/sentence.ts';
import { shortSha, size } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { span } from '../parts/time.ts';
import { Ago, Moment, useManagerTime } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';

const minuteMs = 60_000;

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
        <a href="/admin/backups">To Backups</a>
      </div>
    );
  }
  return <Bundle backup={backup} bundle={backup.bundle} />;
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

function Bundle({ backup, bundle }: { readonly backup: LastBackup; readonly bundle: BundleSummary }) {
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
          <dt>State</dt>
          <dd>
            <BackupState bundle={bundle} />
          </dd>
        </div>
        <div>
          <dt>Size</dt>
          <dd>
            {size(bundle.bytes)}
            {bundle.encrypted ? ', encrypted' : ''}
            {bundle.pinned ? ', pinned' : ''}
          </dd>
        </div>
        <div>
          <dt>Schema versions</dt>
          <dd>
            {Object.entries(bundle.schemaVersions)
              .map(([name, version]) => `${name} ${version}`)
              .join(' · ')}
            {backup.migratedSince.length === 0 ? null : (
              <p className="backup-note">
                Taken before the last migration: {backup.migratedSince.map(stepWords).join(', ')} since.
              </p>
            )}
          </dd>
        </div>
        <div>
          <dt>Way back</dt>
          <dd>
            <WaysBack ways={backup.waysBack} />
          </dd>
        </div>
      </dl>
      <p className="backup-more">
        <a href="/admin/backups">All backups</a>
      </p>
    </>
  );
}

function BackupState({ bundle }: { readonly bundle: BundleSummary }) {
  const { state, verifiedAt, provenAt, damage } = bundle;
  const at = state === 'proven' ? provenAt : state === 'verified' ? verifiedAt : null;
  return (
    <>
      <Status look={bundleLooks[state]}>
        {bundleLooks[state].word} {at === null ? null : <Ago at={at} />}
      </Status>
      {damage === null ? null : <p className="backup-note">{sentence(damage)}</p>}
    </>
  );
}

function stepWords({ database, bundleVersion, current }: LastBackup['migratedSince'][number]): string {
  return `${database} went from ${bundleVersion} to ${current}`;
}

const fitWords = {
  this_release: '',
  migrate: 'This release runs on it after its migrator has.',
  newer_release: 'This release is too old to restore it.',
} as const satisfies Record<WayBack['fits'], string>;

/** Where a restore would lead, and what it would cost. */
function WaysBack({ ways }: { readonly ways: readonly WayBack[] }) {
  const now = useManagerTime(minuteMs);
  if (ways.length === 0) return <Status look={{ tone: 'bad', icon: 'stop', word: 'none' }} />;
  return (
    <ul className="ways">
      {ways.map(({ bundleId, createdAt, state, appVersion, imageSha, fits }) => (
        <li key={bundleId}>
          To {appVersion} <code className="quiet">{shortSha(imageSha)}</code>, {state}: loses what was written in the
          last <time dateTime={createdAt}>{span(Math.max(0, now - Date.parse(createdAt)) / 1000)}</time>.{' '}
          {fitWords[fits]}
        </li>
      ))}
    </ul>
  );
}
