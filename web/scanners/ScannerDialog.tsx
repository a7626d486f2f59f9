import type { ListedScannerEntry } from '../../src/contract/index.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { Notice } from '../parts/Section.tsx';
import { Status } from '../parts/Status.tsx';
import { Ago, Moment } from '../parts/Time.tsx';
import { stateLooks } from './looks.ts';
import { RenameScanner, RevokeScanner, RotateCredential } from './ScannerChanges.tsx';
import { Protocol, Refused } from './ScannerTable.tsx';

interface ScannerDialogProps {
  readonly scanner: ListedScannerEntry;
  readonly mayChange: boolean;
  readonly onClose: () => void;
  /** Gets what has been done, in words. */
  readonly onDone: (said: string) => void;
}

/** All that is known of one scanner, and what an administrator can do to it. */
export function ScannerDialog({ scanner, mayChange, onClose, onDone }: ScannerDialogProps) {
  return (
    <Dialog title={scanner.name} onClose={onClose}>
      <div className="fields">
        {scanner.cloneSuspectedAt === null ? null : <CloneNotice since={scanner.cloneSuspectedAt} />}
        <Facts scanner={scanner} />
        {mayChange && scanner.revokedAt === null ? (
          <>
            <RenameScanner scanner={scanner} onDone={onDone} />
            <RotateCredential scanner={scanner} onDone={onDone} />
            <RevokeScanner scanner={scanner} onDone={onDone} />
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

function CloneNotice({ since }: { readonly since: string }) {
  return (
    <Notice tone="warn" title="Its credential may have been copied">
      <p>
        Two programs were seen to use it by turns, last noticed <Ago at={since} />. Stop the one that should not run and
        give the other a new credential; if you cannot tell which is which, revoke this scanner and enrol it anew.
      </p>
    </Notice>
  );
}

function Facts({ scanner }: { readonly scanner: ListedScannerEntry }) {
  const { revokedAt, rotationRequestedAt, lastSeenAt, jobsHeld } = scanner;
  return (
    <dl className="facts">
      <div>
        <dt>State</dt>
        <dd>
          <Status look={stateLooks[scanner.state]} />
        </dd>
      </div>
      {revokedAt === null ? null : (
        <div>
          <dt>Revoked</dt>
          <dd>
            <Moment at={revokedAt} /> by {scanner.revokedBy ?? 'unknown'}
          </dd>
        </div>
      )}
      <div>
        <dt>Last contact</dt>
        <dd>{lastSeenAt === null ? 'never' : <Moment at={lastSeenAt} />}</dd>
      </div>
      <div>
        <dt>Version</dt>
        <dd className="mono">{scanner.binaryVersion}</dd>
      </div>
      <div>
        <dt>Protocol</dt>
        <dd>
          <Protocol scanner={scanner} />
        </dd>
      </div>
      <div>
        <dt>Refused</dt>
        <dd>
          <Refused scanner={scanner} />
        </dd>
      </div>
      <div>
        <dt>Jobs held</dt>
        <dd>{jobsHeld === null ? 'unknown: the jobs database cannot be read' : jobsHeld}</dd>
      </div>
      {rotationRequestedAt === null ? null : (
        <div>
          <dt>New credential</dt>
          <dd>
            asked for <Ago at={rotationRequestedAt} />; given at its next heartbeat
          </dd>
        </div>
      )}
      <div>
        <dt>Enrolled</dt>
        <dd>
          <Moment at={scanner.enrolledAt} />
        </dd>
      </div>
      <div>
        <dt>Id</dt>
        <dd className="mono">{scanner.id}</dd>
      </div>
    </dl>
  );
}
