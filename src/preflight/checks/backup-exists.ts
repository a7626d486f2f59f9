import type { BundleSummary } from '../../contract/index.ts';
import { defineCheck, type Outcome } from '../check.ts';
import type { BackupAnswer, PreflightContext } from '../context.ts';

/** What every check of the last bundle begins with: an answer, and a bundle. */
export function unansweredOutcomes<F extends { readonly answer: BackupAnswer }>(): readonly Outcome<
  F,
  PreflightContext
>[] {
  return [
    {
      status: 'skip',
      when: 'the backup service could not be asked, or none is configured',
      holds: ({ answer }) => 'error' in answer,
      message: ({ answer }) => ('error' in answer ? `${answer.error.message} [${answer.error.code}]` : ''),
      remedy: ({ answer }, { worded }) =>
        'error' in answer && answer.error.code === 'backup_not_configured'
          ? 'Set BACKUP_SERVICE_URL and BACKUP_SERVICE_TOKEN.'
          : worded('`plimsoll backup list`').replaceAll('`', ''),
    },
  ];
}

/** The bundle in an answer; undefined if there is none. */
export function bundleIn(answer: BackupAnswer): BundleSummary | undefined {
  return 'value' in answer ? (answer.value ?? undefined) : undefined;
}

/** The command that takes a bundle. */
export function takeBundle(_: unknown, { worded }: PreflightContext): string {
  return worded('`plimsoll backup take`').replaceAll('`', '');
}

/** There is a backup. */
export const backupExists = defineCheck({
  code: 'backup_exists',
  title: 'Last backup exists',
  about: 'A migration that has destroyed something is undone by restoring a bundle, and by nothing else.',
  look: async ({ lastBackup }) => ({ answer: await lastBackup() }),
  outcomes: [
    ...unansweredOutcomes<{ answer: BackupAnswer }>(),
    {
      status: 'fail',
      when: 'the backup service answers that there is no bundle',
      holds: ({ answer }) => bundleIn(answer) === undefined,
      message: () => 'the backup service has no bundle at all',
      remedy: takeBundle,
    },
    {
      status: 'pass',
      when: 'there is one',
      holds: () => true,
      message: ({ answer }) => {
        const bundle = bundleIn(answer);
        return `the last bundle is ${bundle?.id} of ${bundle?.createdAt.slice(0, 16).replace('T', ' ')}Z`;
      },
    },
  ],
});
