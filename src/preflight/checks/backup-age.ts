import { secondsBetween, spanText } from '../../base/index.ts';
import type { LatestBundle } from '../../contract/index.ts';
import { defineCheck } from '../check.ts';
import { noBundle, takeBundle } from './backup-exists.ts';

interface Facts extends LatestBundle {
  readonly ageSeconds: number;
}

/** The last backup is young enough. */
export const backupAge = defineCheck<Facts>({
  code: 'backup_age',
  title: 'Last backup is young enough',
  about: 'What was written after the last bundle is lost when it has to be restored.',
  look: async ({ lastBackup, clock }) => {
    const answer = await lastBackup();
    const ageSeconds = answer.bundle === null ? 0 : secondsBetween(new Date(answer.bundle.createdAt), clock.now());
    return { ...answer, ageSeconds };
  },
  outcomes: [
    noBundle,
    {
      status: 'warn',
      when: 'the last bundle is older than `BACKUP_MAX_AGE_HOURS` of the backup service',
      holds: ({ ageSeconds, maxAgeSeconds }) => ageSeconds > maxAgeSeconds,
      message: (facts) => sentence(facts),
      remedy: takeBundle,
    },
    { status: 'pass', when: 'it is not', holds: () => true, message: (facts) => sentence(facts) },
  ],
});

function sentence({ ageSeconds, maxAgeSeconds }: Facts): string {
  return `the last bundle is ${spanText(ageSeconds)} old, the limit is ${spanText(maxAgeSeconds)}`;
}
