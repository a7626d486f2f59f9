import type { LatestBundle } from '../../contract/index.ts';
import { defineCheck } from '../check.ts';
import { noBundle } from './backup-exists.ts';

/** The last backup was read back. */
export const backupVerified = defineCheck<LatestBundle>({
  code: 'backup_verified',
  title: 'Last backup is verified',
  about: 'A bundle that nobody has read back is a hope. Verifying compares every file with its checksum.',
  look: async ({ lastBackup }) => await lastBackup(),
  outcomes: [
    noBundle,
    {
      status: 'warn',
      when: 'the last bundle was never verified, by either method',
      holds: ({ bundle }) => bundle?.verifiedAt === null,
      message: ({ bundle }) => `the last bundle, ${bundle?.id}, was never verified`,
      remedy: ({ bundle }, { worded }) => worded(`\`plimsoll backup verify ${bundle?.id}\``).replaceAll('`', ''),
    },
    {
      status: 'pass',
      when: 'its newest verification passed',
      holds: () => true,
      message: ({ bundle }) => `the last bundle was verified ${bundle?.verifiedAt?.slice(0, 16).replace('T', ' ')}Z`,
    },
  ],
});
