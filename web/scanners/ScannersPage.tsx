import './scanners.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { EnrolmentTokenEntry, ListedScannerEntry } from '../../src/contract/index.ts';
import { enrolmentTokensQuery, fleetPollSeconds, scannerQuery, scannersQuery } from '../api/scanners.ts';
import { mayAdminister, sessionQuery } from '../api/session.ts';
import { LivePage } from '../app/LivePage.tsx';
import type { ScannersSearch } from '../app/search.ts';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { Notice } from '../parts/Section.tsx';
import { useSettled } from '../parts/settled.ts';
import { EnrolDialog } from './EnrolDialog.tsx';
import { ScannerDialog } from './ScannerDialog.tsx';
import { ScannersView } from './ScannersView.tsx';
import { TokenDialog } from './TokenDialog.tsx';
import { wantedOf } from './wanted.ts';

const route = getRouteApi('/shell/admin/scanners');
const typingPauseMs = 250;

/** What lies over the page, if anything. */
type Open =
  | { readonly kind: 'enrol' }
  | { readonly kind: 'scanner'; readonly scanner: ListedScannerEntry }
  | { readonly kind: 'token'; readonly token: EnrolmentTokenEntry };

/** Admin > Scanners: the fleet one by one, kept up to date; and for administrators, what changes it. */
export function ScannersPage() {
  useTitle('Scanners');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const text = useSettled(search.text ?? '', typingPauseMs);
  const fleet = useQuery(scannersQuery(wantedOf({ ...search, text })));
  const tokens = useQuery(enrolmentTokensQuery);
  const mayChange = mayAdminister(useQuery(sessionQuery).data);
  const [open, setOpen] = useState<Open | null>(null);
  const [said, setSaid] = useState('');
  const change = (part: ScannersSearch) =>
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  const enrol = () => setOpen({ kind: 'enrol' });
  return (
    <LivePage
      title="Scanners"
      help="scanners"
      helpOpen={search.help === '1'}
      onHelp={(isOpen) => change({ help: isOpen ? '1' : '' })}
      reading={fleet.data}
      error={fleet.error}
      everySeconds={fleetPollSeconds}
      actions={mayChange ? <EnrolButton onClick={enrol} /> : null}
      skeleton={<ListSkeleton />}
    >
      <output className="said">{said === '' ? null : <Notice tone="good">{said}</Notice>}</output>
      {fleet.data === undefined ? null : (
        <ScannersView
          list={fleet.data.value}
          search={search}
          busy={fleet.isPlaceholderData}
          onSearch={change}
          onPage={(after) => void navigate({ search: (now) => ({ ...now, after }) })}
          onOpen={(scanner) => setOpen({ kind: 'scanner', scanner })}
          onEnrol={mayChange ? enrol : undefined}
          tokens={{
            tokens: tokens.data,
            // Once there are tokens to show, the head of the page says that nothing newer can be had.
            error: tokens.data === undefined || fleet.error === null ? tokens.error : null,
            onRevoke: mayChange ? (token) => setOpen({ kind: 'token', token }) : undefined,
          }}
        />
      )}
      <Over
        open={open}
        mayChange={mayChange}
        onClose={() => setOpen(null)}
        onDone={(words) => {
          setOpen(null);
          setSaid(words);
        }}
      />
    </LivePage>
  );
}

function EnrolButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <button type="button" className="button" data-kind="main" onClick={onClick}>
      Enrol a scanner
    </button>
  );
}

interface OverProps {
  readonly open: Open | null;
  readonly mayChange: boolean;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}

/** The dialog over the page. */
function Over({ open, mayChange, onClose, onDone }: OverProps) {
  if (open === null) return null;
  if (open.kind === 'enrol') return <EnrolDialog onClose={onClose} />;
  if (open.kind === 'token') return <TokenDialog token={open.token} onClose={onClose} onDone={onDone} />;
  return <LiveScanner listed={open.scanner} mayChange={mayChange} onClose={onClose} onDone={onDone} />;
}

interface LiveScannerProps extends Omit<OverProps, 'open'> {
  /** As the list had it when it was opened. */
  readonly listed: ListedScannerEntry;
}

/** One scanner, up to date even when the filters of the list no longer let it through. */
function LiveScanner({ listed, ...props }: LiveScannerProps) {
  const { data = listed } = useQuery(scannerQuery(listed.id));
  return <ScannerDialog scanner={data} {...props} />;
}
