import { auditHelp } from './audit.ts';
import { backupsHelp } from './backups.ts';
import { databaseStatusHelp } from './database-status.ts';
import { homeHelp } from './home.ts';
import { releaseHelp } from './release.ts';
import { scannersHelp } from './scanners.ts';
import { scansHelp } from './scans.ts';
import { settingsHelp } from './settings.ts';
import { tokensHelp } from './tokens.ts';
import type { HelpPage } from './types.ts';
import { usersHelp } from './users.ts';

export type { HelpPage } from './types.ts';

/** Every help page, by its name, in the order of the navigation. */
export const helpPages: Readonly<Record<string, HelpPage>> = {
  home: homeHelp,
  scans: scansHelp,
  release: releaseHelp,
  'database-status': databaseStatusHelp,
  backups: backupsHelp,
  scanners: scannersHelp,
  users: usersHelp,
  tokens: tokensHelp,
  audit: auditHelp,
  settings: settingsHelp,
};
