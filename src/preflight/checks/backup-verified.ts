import { defineCheck } from '../check.ts';
import type { BackupAnswer } from '../context.ts';
import { bundleIn, takeBundle, unansweredOutcomes } from './backup-exists.ts';

/** The last backup was read back. */
export const backupVerified = defineCheck({
  code: 'backup_verified',
  title: 'Last backup is verified',
  about: 'A bundle that nobody has read back is a hope. Verifying compares every file with its checksum.',
  look: async ({ lastBackup }) => ({ answer: await lastBackup() }),
  outcomes: [
    ...unansweredOutcomes<{ answer: BackupAnswer }>(),
    {
      status: 'fail',
      when: 'there is no bundle',
      holds: ({ answer }) => bundleIn(answer) === undefined,
      message: () => 'there is no bundle to verify',
      remedy: takeBundle,
    },
    {
      status: 'warn',
      when: 'the last bundle was never verified',
      holds: ({ answer }) => bundleIn(answer)?.verifiedAt === null,
      message: ({ answer }) => `the last bundle, ${bundleIn(answer)?.id}, was never verified`,
      remedy: ({ answer }, { worded }) =>
        worded(`\`plimsoll backup verify ${bundleIn(answer)?.id}\``).replaceAll('`', ''),
    },
    {
      status: 'pass',
      when: 'its files were compared with their checksums',
      holds: () => true,
      message: ({ answer }) =>
        `the last bundle was verified ${bundleIn(answer)?.verifiedAt?.slice(0, 16).replace('T', ' ')}Z`,
    },
  ],
});
