import { countText, listText } from '../../base/index.ts';
import { databaseNames } from '../../contract/index.ts';
import { defineCheck } from '../check.ts';
import type { DatabaseUnderCheck } from '../context.ts';
import { migrationText } from '../wording.ts';

/** What squawk finds in the pending migrations. */
export const migrationLint = defineCheck({
  code: 'migration_lint',
  title: 'Migrations are written with care',
  about:
    'The pending migrations are linted with squawk, which knows the habits that hurt a running Postgres. Rules of taste are left out, and so is a migration that touches nothing that is there: what it does hurts nobody.',
  look: async ({ databases }) => {
    const found = await Promise.all(databaseNames.map(async (name) => await lintDatabase(databases[name])));
    return { linted: found.flat().length, findings: found.flat(2) };
  },
  outcomes: [
    {
      status: 'warn',
      when: 'squawk finds something in a migration that touches a table that is there',
      holds: ({ findings }) => findings.length > 0,
      message: ({ findings }) => `squawk has ${countText(findings.length, 'finding')}: ${listText(findings, 5)}`,
      remedy: () => 'Ask the authors of the release, or apply it when nobody needs these tables.',
    },
    {
      status: 'pass',
      when: 'it finds nothing there, or nothing is pending',
      holds: () => true,
      message: ({ linted }) =>
        linted === 0
          ? 'no pending migration touches a table that is there'
          : `squawk finds nothing in ${countText(linted, 'migration')}`,
    },
  ],
});

/** The findings of each migration that was linted. */
async function lintDatabase({ lint }: DatabaseUnderCheck): Promise<string[][]> {
  return (await lint()).map(({ migration, findings }) =>
    findings.map(
      ({ rule, line, message }) => `${migration.database}/${migrationText(migration)}:${line} ${rule}: ${message}`,
    ),
  );
}
