/** The pages that stand in the navigation, in its order; `help` is the name of the help page. */
export const mainPages = [
  { to: '/', title: 'Home', help: 'home' },
  { to: '/scans', title: 'Scans', help: 'scans' },
] as const;

/** What administrators change and auditors read. */
export const adminPages = [
  { to: '/admin/release', title: 'Release', help: 'release' },
  { to: '/admin/databases', title: 'Database Status', help: 'database-status' },
  { to: '/admin/backups', title: 'Backups', help: 'backups' },
  { to: '/admin/scanners', title: 'Scanners', help: 'scanners' },
  { to: '/admin/users', title: 'Users', help: 'users' },
  { to: '/admin/tokens', title: 'Tokens', help: 'tokens' },
  { to: '/admin/audit', title: 'Audit', help: 'audit' },
  { to: '/admin/settings', title: 'Settings', help: 'settings' },
] as const;
