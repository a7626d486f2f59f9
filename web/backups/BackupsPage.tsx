import './backups.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { KeyProof } from '../../src/contract/index.ts';
import { backupListQuery, backupPollSeconds, backupStatusQuery } from '../api/backups.ts';
import { mayAdminister, sessionQuery } from '../api/session.ts';
import { LivePage } from '../app/LivePage.tsx';
import type { BackupsSearch } from '../app/search.ts';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { Notice } from '../parts/Section.tsx';
import { BackupsView } from './BackupsView.tsx';
import { BundleDialog } from './BundleDialog.tsx';
import { KeyDialog } from './KeyDialog.tsx';
import { useRunEvents } from './run-events.ts';
import { TakeDialog } from './TakeDialog.tsx';
import { latestOf } from './words.ts';

const route = getRouteApi('/shell/admin/backups');

/** What lies over the page beside a bundle, which is in the address. */
type Open = { readonly kind: 'take' } | { readonly kind: 'key'; readonly proof: KeyProof };

/** Admin > Backups: the bundles and the service that takes them, kept up to date; and for administrators, what changes them. */
export function BackupsPage() {
  useTitle('Backups');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const status = useQuery(backupStatusQuery);
  const list = useQuery(backupListQuery);
  const mayChange = mayAdminister(useQuery(sessionQuery).data);
  const polled = status.data?.value.said?.current ?? null;
  const streamed = useRunEvents(status.data?.value.silence === null ? (polled?.id ?? null) : null);
  const [open, setOpen] = useState<Open | null>(null);
  const [said, setSaid] = useState('');
  const change = (part: BackupsSearch) =>
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  const done = (words: string) => {
    setOpen(null);
    setSaid(words);
  };
  // A copy that is made by itself gives way to whatever is asked for.
  const busy = polled !== null && polled.kind !== 'copy';
  const isHeard = status.data?.value.silence === null;
  const take = mayChange && isHeard ? () => setOpen({ kind: 'take' }) : undefined;
  return (
    <LivePage
      title="Backups"
      help="backups"
      helpOpen={search.help === '1'}
      onHelp={(isOpen) => change({ help: isOpen ? '1' : '' })}
      reading={status.data}
      error={status.error}
      everySeconds={backupPollSeconds}
      actions={take === undefined ? null : <TakeButton onClick={take} busy={busy} />}
      skeleton={<ListSkeleton />}
    >
      <output className="said">{said === '' ? null : <Notice tone="good">{said}</Notice>}</output>
      {status.data === undefined ? null : (
        <BackupsView
          status={status.data.value}
          list={list.data?.value}
          run={isHeard ? latestOf(polled, streamed) : null}
          showsAll={search.all === '1'}
          onShowAll={() => change({ all: '1' })}
          onOpen={(bundle) => change({ bundle })}
          onTake={take}
          onProveKey={mayChange && isHeard ? (proof) => setOpen({ kind: 'key', proof }) : undefined}
          mayChange={mayChange}
          onSaid={setSaid}
        />
      )}
      {search.bundle === undefined ? null : (
        <BundleDialog
          key={search.bundle}
          id={search.bundle}
          mayChange={mayChange}
          proveError={status.data?.value.said?.proveError ?? null}
          busy={busy}
          onClose={() => change({ bundle: '' })}
          onDone={(words) => {
            change({ bundle: '' });
            setSaid(words);
          }}
        />
      )}
      {open?.kind === 'take' ? <TakeDialog onClose={() => setOpen(null)} onDone={done} /> : null}
      {open?.kind === 'key' ? <KeyDialog proof={open.proof} onClose={() => setOpen(null)} onDone={done} /> : null}
    </LivePage>
  );
}

function TakeButton({ onClick, busy }: { readonly onClick: () => void; readonly busy: boolean }) {
  return (
    <button
      type="button"
      className="button"
      data-kind="main"
      disabled={busy}
      title={busy ? 'One run at a time: wait for it, or cancel it.' : undefined}
      onClick={onClick}
    >
      Take a backup
    </button>
  );
}
