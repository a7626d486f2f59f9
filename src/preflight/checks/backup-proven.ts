import type { LatestBundle } from '../../contract/index.ts';
import { defineCheck } from '../check.ts';
import { noBundle } from './backup-exists.ts';

/** The last backup was restored once. */
export const backupProven = defineCheck<LatestBundle>({
  code: 'backup_proven',
  title: 'Last backup is proven',
  about:
    'Only a restore shows that a bundle can be restored. Proving one loads it into scratch databases and compares what came out with what went in.',
  look: async ({ lastBackup }) => await lastBackup(),
  outcomes: [
    noBundle,
    {
      status: 'warn',
      when: 'the last bundle was never proven by a restore',
      holds: ({ bundle }) => bundle?.state !== 'proven',
      message: ({ bundle, lastProven, proveError }) =>
        [
          `the last bundle, ${bundle?.id}, was never proven by a restore`,
          lastProven === null ? 'nor was any other' : `the newest that was is ${lastProven.id}`,
          ...(proveError === null ? [] : [`here none can be: ${proveError.message}`]),
        ].join('; '),
      remedy: ({ bundle }, { worded }) =>
        worded(`\`plimsoll backup verify ${bundle?.id} --prove\``).replaceAll('`', ''),
    },
    {
      status: 'pass',
      when: 'it was restored into scratch databases, and what came out was compared',
      holds: () => true,
      message: ({ bundle }) => `the last bundle was proven ${bundle?.provenAt?.slice(0, 16).replace('T', ' ')}Z`,
    },
  ],
});
