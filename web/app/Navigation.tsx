import { Link, useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Session } from '../../src/contract/index.ts';
import { Icon } from '../parts/Icon.tsx';
import { adminPages, mainPages } from './pages.ts';

interface NavigationProps {
  readonly session: Session | null | undefined;
}

/** Home matches every path by its beginning, and so is marked on its own alone. */
const exact = { exact: true, includeSearch: false } as const;
const loose = { exact: false, includeSearch: false } as const;

/** The pages this person may see: in the bar, or behind a button where there is no room for them. */
export function MainPages({ session }: NavigationProps) {
  const inAdmin = useInAdmin();
  return (
    <nav className="pages" aria-label="Pages">
      {mainPages.map(({ to, title }) => (
        <Link key={to} to={to} activeOptions={to === '/' ? exact : loose}>
          {title}
        </Link>
      ))}
      {maySeeAdmin(session) ? (
        <Link
          to="/admin/release"
          activeProps={{}}
          className={inAdmin ? 'within' : ''}
          aria-current={inAdmin ? 'true' : undefined}
        >
          Admin
        </Link>
      ) : null}
      <Link to="/help">Help</Link>
    </nav>
  );
}

/** The pages of Admin in a line of their own, while one of them is open. */
export function AdminPages({ session }: NavigationProps) {
  const inAdmin = useInAdmin();
  if (!inAdmin || !maySeeAdmin(session)) return null;
  return (
    <nav className="admin-pages" aria-label="Admin pages">
      <div className="admin-pages-inside">
        {adminPages.map(({ to, title }) => (
          <Link key={to} to={to}>
            {title}
          </Link>
        ))}
      </div>
    </nav>
  );
}

/** All pages behind one button, for a narrow screen. Escape and following a link close it. */
export function NarrowMenu({ session }: NavigationProps) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  // Open on the page on which it was opened, and so closed on the next.
  const [openOn, setOpenOn] = useState('');
  const open = openOn === path;
  useEffect(() => {
    if (!open) return undefined;
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setOpenOn('');
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [open]);
  return (
    <div className="narrow-menu">
      <button type="button" className="button" aria-expanded={open} onClick={() => setOpenOn(open ? '' : path)}>
        <Icon name={open ? 'close' : 'menu'} />
        Menu
      </button>
      {open ? (
        <nav className="narrow-pages" aria-label="All pages">
          {mainPages.map(({ to, title }) => (
            <Link key={to} to={to} activeOptions={to === '/' ? exact : loose}>
              {title}
            </Link>
          ))}
          {maySeeAdmin(session) ? <p className="narrow-head">Admin</p> : null}
          {maySeeAdmin(session)
            ? adminPages.map(({ to, title }) => (
                <Link key={to} to={to} className="narrow-sub">
                  {title}
                </Link>
              ))
            : null}
          <Link to="/help">Help</Link>
        </nav>
      ) : null}
    </div>
  );
}

function useInAdmin(): boolean {
  return useRouterState({ select: (state) => state.location.pathname.startsWith('/admin') });
}

function maySeeAdmin(session: Session | null | undefined): boolean {
  return session?.role === 'admin' || session?.role === 'auditor';
}
