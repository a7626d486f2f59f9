import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { sessionQuery, signOut } from '../api/session.ts';
import type { Session } from '../../src/contract/index.ts';
import { Icon } from '../parts/Icon.tsx';
import { Mark } from '../parts/Mark.tsx';
import { AdminPages, MainPages, NarrowMenu } from './Navigation.tsx';
import { useTheme } from './theme.ts';

/** The frame of every page behind the sign-in: the bar with the pages, the theme and who is signed in. */
export function Shell() {
  const { data: session } = useQuery(sessionQuery);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="bar">
        <div className="bar-inside">
          <NarrowMenu session={session} />
          <Link to="/" className="brand" activeProps={{}} aria-label="Plimsoll, to the home page">
            <Mark />
            <span className="brand-word">Plimsoll</span>
          </Link>
          <MainPages session={session} />
          <div className="bar-end">
            <ThemeButton />
            {session ? <Account session={session} /> : null}
          </div>
        </div>
        <AdminPages session={session} />
      </header>
      <main className="page" id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

const themeIcons = { system: 'system', light: 'sun', dark: 'moon' } as const;

function ThemeButton() {
  const { theme, next, goOn } = useTheme();
  const label = `Colours: ${theme}. Change to ${next}`;
  return (
    <button type="button" className="button" data-kind="icon" aria-label={label} title={label} onClick={goOn}>
      <Icon name={themeIcons[theme]} />
    </button>
  );
}

function Account({ session }: { readonly session: Session }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    await signOut();
    queries.clear();
    await navigate({ to: '/sign-in' });
  };
  return (
    <div className="account">
      <span className="account-who">
        <span className="account-name">{session.username}</span>
        <span className="account-role">{session.method === 'recovery' ? 'recovery, read-only' : session.role}</span>
      </span>
      <button
        type="button"
        className="button"
        data-kind="icon"
        aria-label="Sign out"
        title="Sign out"
        onClick={() => void leave()}
      >
        <Icon name="leave" />
      </button>
    </div>
  );
}
