import { backupsHelp } from './backups.ts';
import { databaseStatusHelp } from './database-status.ts';
import { releaseHelp } from './release.ts';
import { scannersHelp } from './scanners.ts';
import { scansHelp } from './scans.ts';
import type { HelpPage } from './types.ts';

export type { HelpPage } from './types.ts';

/** Every help page, by its name. */
export const helpPages: Readonly<Record<string, HelpPage>> = {
  release: releaseHelp,
  'database-status': databaseStatusHelp,
  backups: backupsHelp,
  scanners: scannersHelp,
  scans: scansHelp,
};
