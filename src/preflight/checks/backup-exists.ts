import type { BundleSummary, LatestBundle } from '../../contract/index.ts';
import { defineCheck, type Outcome } from '../check.ts';
import type { PreflightContext } from '../context.ts';

/** The command that takes a bundle. */
export function takeBundle(_: unknown, { worded }: PreflightContext): string {
  return worded('`plimsoll backup take`').replaceAll('`', '');
}

/** What every check of the last bundle fails with where there is none. */
export const noBundle: Outcome<{ readonly bundle: BundleSummary | null }, PreflightContext> = {
  status: 'fail',
  when: 'there is no bundle at all',
  holds: ({ bundle }) => bundle === null,
  message: () => 'the backup service has no bundle at all',
  remedy: takeBundle,
};

/** There is a backup. */
export const backupExists = defineCheck<LatestBundle>({
  code: 'backup_exists',
  title: 'Last backup exists',
  about:
    'A migration that has destroyed something is undone by restoring a bundle, and by nothing else. While the backup service cannot be asked, this check and its neighbours are skipped: that is not the same as having no backup.',
  look: async ({ lastBackup }) => await lastBackup(),
  outcomes: [
    noBundle,
    {
      status: 'fail',
      when: 'the last bundle is damaged',
      holds: ({ bundle }) => bundle?.state === 'damaged',
      message: ({ bundle }) => `the last bundle, ${bundle?.id}, is damaged: ${bundle?.damage ?? 'no reason was given'}`,
      remedy: takeBundle,
    },
    {
      status: 'pass',
      when: 'there is one',
      holds: () => true,
      message: ({ bundle }) =>
        `the last bundle is ${bundle?.id}, taken by ${bundle?.appVersion} ${bundle?.createdAt.slice(0, 16).replace('T', ' ')}Z`,
    },
  ],
});
