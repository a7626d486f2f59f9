import { countText, instantText, listText } from '../../base/index.ts';
import { databaseNames } from '../../contract/index.ts';
import { defineCheck } from '../check.ts';
import type { PreflightContext } from '../context.ts';
import { describeRehearsal, maxBundleAgeDays, type RehearsalStanding } from '../rehearsal-standing.ts';

interface Facts {
  /** How many migrations are pending. */
  readonly pending: number;
  /** Nothing was ever applied to any database. */
  readonly isNew: boolean;
  readonly standing: RehearsalStanding;
}

const rehearse = (_: Facts, { worded }: PreflightContext): string =>
  worded('`plimsoll migrator rehearse`').replaceAll('`', '');

/** The pending migrations were tried on the deployment's own data. */
export const rehearsal = defineCheck<Facts>({
  code: 'rehearsal',
  title: 'Pending migrations were rehearsed',
  about: `A rehearsal restores the last bundle into scratch databases and runs exactly the pending migrations there, with the code that runs them for real. It finds what no reading of a file finds: rows that break a new constraint, a time that nobody expected. It counts for exactly the migrations it was made with, on the major version of Postgres that it ran on, and for ${maxBundleAgeDays} days after its bundle was taken.`,
  look: async (context) => {
    if (context.rehearsalHindrance !== undefined) throw context.rehearsalHindrance;
    const [pending, assessments, standing] = await Promise.all([
      context.pending(),
      Promise.all(databaseNames.map(async (name) => await context.databases[name].assessment())),
      context.rehearsal(),
    ]);
    return { pending: pending.length, isNew: assessments.every(({ current }) => current === 0), standing };
  },
  outcomes: [
    {
      status: 'pass',
      when: 'nothing is pending',
      holds: ({ pending }) => pending === 0,
      message: () => 'no migration is pending, so there is nothing to rehearse',
    },
    {
      status: 'pass',
      when: 'nothing was ever applied: the databases are new',
      holds: ({ isNew }) => isNew,
      message: () => 'the databases are new, so there is no data to rehearse on',
    },
    {
      status: 'skip',
      when: 'exactly these migrations were never rehearsed',
      holds: ({ standing }) => standing.kind === 'none',
      message: ({ pending, standing }) => {
        const these = `${countText(pending, 'pending migration')} ${pending === 1 ? 'was' : 'were'} never rehearsed`;
        const newest = standing.kind === 'none' ? standing.newest : null;
        return newest === null ? these : `${these}; the last rehearsal, ${instantText(newest.ranAt)}, was of others`;
      },
      remedy: rehearse,
    },
    {
      status: 'fail',
      when: 'the last rehearsal of them failed',
      holds: ({ standing }) => standing.kind === 'failed',
      message: ({ standing }) => described(standing),
      remedy: rehearse,
    },
    {
      status: 'warn',
      when: `it ran on a bundle that is more than ${maxBundleAgeDays} days old by now`,
      holds: ({ standing }) => standing.kind === 'old',
      message: ({ standing }) => `${described(standing)}; that was more than ${maxBundleAgeDays} days ago`,
      remedy: rehearse,
    },
    {
      status: 'warn',
      when: 'it ran on another major version of Postgres than the databases',
      holds: ({ standing }) => standing.kind === 'elsewhere',
      message: ({ standing }) => `${described(standing)}; that was on another major version of Postgres than here`,
      remedy: rehearse,
    },
    {
      status: 'warn',
      when: 'it passed, and showed something that has to be read: rows that are gone, a schema that is not that of a fresh install',
      holds: ({ standing }) => standing.kind === 'noted',
      message: ({ standing }) => `${described(standing)}; ${notesOf(standing)}`,
    },
    {
      status: 'pass',
      when: 'they were rehearsed on recent data, and all went well',
      holds: () => true,
      message: ({ standing }) => described(standing),
    },
  ],
});

function described(standing: RehearsalStanding): string {
  return standing.kind === 'none' ? '' : describeRehearsal(standing.rehearsal);
}

function notesOf(standing: RehearsalStanding): string {
  return standing.kind === 'none' ? '' : listText(standing.rehearsal.result.notes, 4);
}
