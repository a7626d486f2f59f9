import { secondsBetween } from '../../base/index.ts';
import { defineCheck } from '../check.ts';
import { spanText } from '../wording.ts';
import { bundleIn, takeBundle, unansweredOutcomes } from './backup-exists.ts';
import type { BackupAnswer } from '../context.ts';

interface Facts {
  readonly answer: BackupAnswer;
  readonly ageSeconds: number;
  readonly maxAgeHours: number;
}

/** The last backup is young enough. */
export const backupAge = defineCheck<Facts>({
  code: 'backup_age',
  title: 'Last backup is young enough',
  about: 'What was written after the last bundle is lost when it has to be restored.',
  look: async ({ lastBackup, clock, backupMaxAgeHours }) => {
    const answer = await lastBackup();
    const bundle = bundleIn(answer);
    const ageSeconds = bundle === undefined ? 0 : secondsBetween(new Date(bundle.createdAt), clock.now());
    return { answer, ageSeconds, maxAgeHours: backupMaxAgeHours };
  },
  outcomes: [
    ...unansweredOutcomes<Facts>(),
    {
      status: 'fail',
      when: 'there is no bundle',
      holds: ({ answer }) => bundleIn(answer) === undefined,
      message: () => 'there is no bundle that could be young enough',
      remedy: takeBundle,
    },
    {
      status: 'warn',
      when: 'the last bundle is older than `BACKUP_MAX_AGE_HOURS`',
      holds: ({ ageSeconds, maxAgeHours }) => ageSeconds > maxAgeHours * 3600,
      message: ({ ageSeconds, maxAgeHours }) =>
        `the last bundle is ${spanText(ageSeconds)} old, the limit is ${maxAgeHours} h`,
      remedy: takeBundle,
    },
    {
      status: 'pass',
      when: 'it is not',
      holds: () => true,
      message: ({ ageSeconds, maxAgeHours }) =>
        `the last bundle is ${spanText(ageSeconds)} old, the limit is ${maxAgeHours} h`,
    },
  ],
});
