import { defineDatabaseCheck } from '../check.ts';

/** No pooler stands between the migrator and the servers. */
export const directConnection = defineDatabaseCheck({
  code: 'direct_connection',
  title: 'Direct connections',
  about:
    "The migrator's lock, its time-outs and a concurrent index build belong to one session of the server. A pooler may hand the next statement to another session, and the lock would protect nothing. A pooler shows itself: the process that it names in its greeting is not the one that answers.",
  look: async (database) => await database.greeting(),
  outcomes: [
    {
      status: 'fail',
      when: 'the process that greeted is not the one that answered: a pooler is in between',
      holds: ({ greetedPid, backendPid }) => greetedPid !== backendPid,
      message: ({ greetedPid, backendPid }, { name }) =>
        `${name} is reached through a pooler: it greeted as process ${greetedPid}, process ${backendPid} answered`,
      remedy: (_, { name }) => `Set MIGRATOR_${name.toUpperCase()}_DATABASE_URL to the address of the server itself.`,
    },
    {
      status: 'pass',
      when: 'the process that greeted is the one that answered',
      holds: () => true,
      message: ({ backendPid }, { name }) => `process ${backendPid} of ${name} greeted and answered`,
    },
  ],
});
