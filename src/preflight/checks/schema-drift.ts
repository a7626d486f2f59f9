import { countText, listText } from '../../base/index.ts';
import { defineDatabaseCheck } from '../check.ts';

/** The live schemas are those that the last migrator run recorded. */
export const schemaDrift = defineDatabaseCheck({
  code: 'schema_drift',
  title: 'Schema drift',
  about:
    'Migrations are written for the schema that the ones before them made. What somebody has changed by hand since may make them fail, or make them succeed on something else.',
  look: async (database, { migratorCommand }) => {
    const { current } = await database.assessment();
    return { current, migratorCommand, drift: current === 0 ? undefined : await database.drift() };
  },
  outcomes: [
    {
      status: 'pass',
      when: 'nothing was ever applied, so nothing can have drifted',
      holds: ({ current }) => current === 0,
      message: (_, { name }) => `${name}: nothing was ever applied`,
    },
    {
      status: 'warn',
      when: 'objects were added, removed or changed since the last migrator run',
      holds: ({ drift }) => drift?.status === 'drift',
      message: ({ drift }, { name }) => {
        const differences = drift?.status === 'drift' ? drift.differences : [];
        const named = listText(differences.map(({ change, object }) => `${change} ${object}`));
        return `${countText(differences.length, 'object')} in ${name} ${differences.length === 1 ? 'is' : 'are'} not as recorded: ${named}`;
      },
      remedy: ({ migratorCommand }, { name }) => `${migratorCommand} drift --database ${name}`,
    },
    {
      status: 'skip',
      when: 'no run has recorded the schema, or a migrator is at work',
      holds: ({ drift }) => drift?.status !== 'none',
      message: ({ drift }, { name }) =>
        `${name} was not compared: ${drift?.status === 'unrecorded' ? drift.reason : 'no reason was given'}`,
      remedy: ({ migratorCommand }) => migratorCommand,
    },
    {
      status: 'pass',
      when: 'the live schema is the recorded one',
      holds: () => true,
      message: ({ drift }, { name }) =>
        `${name}: as recorded ${drift?.status === 'none' ? drift.recordedAt.toISOString().slice(0, 16).replace('T', ' ') : ''}Z`,
    },
  ],
});
