import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApiToken } from '../../src/contract/index.ts';
import { calmPollSeconds } from '../api/poll.ts';
import { mayAdminister, sessionQuery } from '../api/session.ts';
import { tokensQuery } from '../api/tokens.ts';
import { LivePage } from '../app/LivePage.tsx';
import { useTitle } from '../app/title.ts';
import { ListSkeleton } from '../parts/ListSkeleton.tsx';
import { Notice } from '../parts/Section.tsx';
import { NewTokenDialog } from './NewTokenDialog.tsx';
import { RevokeDialog } from './RevokeDialog.tsx';
import { TokensView } from './TokensView.tsx';

const route = getRouteApi('/shell/admin/tokens');

/** Admin > Tokens: which programs may call the API; and for administrators, what changes that. */
export function TokensPage() {
  useTitle('Tokens');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const tokens = useQuery(tokensQuery);
  const mayChange = mayAdminister(useQuery(sessionQuery).data);
  const [open, setOpen] = useState<ApiToken | 'new' | null>(null);
  const [said, setSaid] = useState('');
  const close = () => setOpen(null);
  const ask = () => setOpen('new');
  return (
    <LivePage
      title="Tokens"
      help="tokens"
      helpOpen={search.help === '1'}
      onHelp={(isOpen) => void navigate({ search: { help: isOpen ? '1' : '' }, replace: true, resetScroll: false })}
      reading={tokens.data}
      error={tokens.error}
      everySeconds={calmPollSeconds}
      actions={
        mayChange ? (
          <button type="button" className="button" data-kind="main" onClick={ask}>
            Make a token
          </button>
        ) : null
      }
      skeleton={<ListSkeleton />}
    >
      <output className="said">{said === '' ? null : <Notice tone="good">{said}</Notice>}</output>
      {tokens.data === undefined ? null : (
        <TokensView tokens={tokens.data.value.tokens} onRevoke={mayChange ? setOpen : undefined} />
      )}
      {open === 'new' ? <NewTokenDialog onClose={close} /> : null}
      {open === null || open === 'new' ? null : (
        <RevokeDialog
          token={open}
          onClose={close}
          onDone={(words) => {
            close();
            setSaid(words);
          }}
        />
      )}
    </LivePage>
  );
}
