import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  type AnyRoute,
} from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { NotFound, PageError } from './Failure.tsx';
import {
  parseAuditSearch,
  parseBackupsSearch,
  parseDatabasesSearch,
  parseHelpIndexSearch,
  parseHelpSearch,
  parseReleaseSearch,
  parseScannersSearch,
  parseScansSearch,
  parseSearch,
  parseSignInSearch,
  stringifySearch,
} from './search.ts';
import { Shell } from './Shell.tsx';

interface Context {
  readonly queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  errorComponent: ({ error }) => <PageError error={error} />,
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: parseSignInSearch,
  component: lazyRouteComponent(() => import('../sign-in/SignInPage.tsx'), 'SignInPage'),
});

/** Every page but sign-in: asks who is signed in first, and sends nobody to the sign-in page. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery);
    if (session === null) throw redirect({ to: '/sign-in', search: { next: location.href } });
  },
});

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: parseHelpSearch,
  component: lazyRouteComponent(() => import('../home/HomePage.tsx'), 'HomePage'),
});

const admin = createRoute({
  getParentRoute: () => root,
  path: '/admin',
  beforeLoad: () => {
    throw redirect({ to: '/admin/release' });
  },
});

const release = createRoute({
  getParentRoute: () => shell,
  path: '/admin/release',
  validateSearch: parseReleaseSearch,
  component: lazyRouteComponent(() => import('../release/ReleasePage.tsx'), 'ReleasePage'),
});

const databases = createRoute({
  getParentRoute: () => shell,
  path: '/admin/databases',
  validateSearch: parseDatabasesSearch,
  component: lazyRouteComponent(() => import('../databases/DatabasesPage.tsx'), 'DatabasesPage'),
});

const backups = createRoute({
  getParentRoute: () => shell,
  path: '/admin/backups',
  validateSearch: parseBackupsSearch,
  component: lazyRouteComponent(() => import('../backups/BackupsPage.tsx'), 'BackupsPage'),
});

const scanners = createRoute({
  getParentRoute: () => shell,
  path: '/admin/scanners',
  validateSearch: parseScannersSearch,
  component: lazyRouteComponent(() => import('../scanners/ScannersPage.tsx'), 'ScannersPage'),
});

const scans = createRoute({
  getParentRoute: () => shell,
  path: '/scans',
  validateSearch: parseScansSearch,
  component: lazyRouteComponent(() => import('../scans/ScansPage.tsx'), 'ScansPage'),
});

const scan = createRoute({
  getParentRoute: () => shell,
  path: '/scans/$scan',
  validateSearch: parseScansSearch,
  component: lazyRouteComponent(() => import('../scans/ScanPage.tsx'), 'ScanPage'),
});

const target = createRoute({
  getParentRoute: () => shell,
  path: '/scans/target',
  validateSearch: parseScansSearch,
  component: lazyRouteComponent(() => import('../scans/TargetPage.tsx'), 'TargetPage'),
});

const schedule = createRoute({
  getParentRoute: () => shell,
  path: '/scans/schedules/$schedule',
  validateSearch: parseScansSearch,
  component: lazyRouteComponent(() => import('../scans/SchedulePage.tsx'), 'SchedulePage'),
});

const users = createRoute({
  getParentRoute: () => shell,
  path: '/admin/users',
  validateSearch: parseHelpSearch,
  component: lazyRouteComponent(() => import('../users/UsersPage.tsx'), 'UsersPage'),
});

const tokens = createRoute({
  getParentRoute: () => shell,
  path: '/admin/tokens',
  validateSearch: parseHelpSearch,
  component: lazyRouteComponent(() => import('../tokens/TokensPage.tsx'), 'TokensPage'),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: '/admin/audit',
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => import('../audit/AuditPage.tsx'), 'AuditPage'),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/admin/settings',
  validateSearch: parseHelpSearch,
  component: lazyRouteComponent(() => import('../settings/SettingsPage.tsx'), 'SettingsPage'),
});

const helpIndex = createRoute({
  getParentRoute: () => shell,
  path: '/help',
  validateSearch: parseHelpIndexSearch,
  component: lazyRouteComponent(() => import('../help/HelpPages.tsx'), 'HelpIndex'),
});

const helpPage = createRoute({
  getParentRoute: () => shell,
  path: '/help/$page',
  component: lazyRouteComponent(() => import('../help/HelpPages.tsx'), 'HelpPage'),
});

const routeTree = root.addChildren([
  admin,
  signIn,
  shell.addChildren([
    home,
    release,
    databases,
    backups,
    scanners,
    users,
    tokens,
    audit,
    settings,
    scans,
    scan,
    schedule,
    target,
    helpIndex,
    helpPage,
  ]),
]);

/** The routes of the pages; what a page shows is in its address. */
export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    scrollRestoration: true,
    // A filter in the address must not throw the reader back to the top.
    defaultHashScrollIntoView: false,
  });
}

/** Fetches the code of the page that the address names beside the question who is signed in, and not after its answer. */
export function fetchPageCode(router: ReturnType<typeof createAppRouter>): void {
  const routes: Readonly<Record<string, AnyRoute>> = router.routesById;
  const matches: readonly { readonly routeId: string }[] = router.matchRoutes(router.latestLocation);
  for (const { routeId } of matches) {
    const route = routes[routeId];
    // Without it the page fetches its code itself, and says why if it cannot.
    if (route !== undefined) router.loadRouteChunk(route)?.catch(() => undefined);
  }
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
