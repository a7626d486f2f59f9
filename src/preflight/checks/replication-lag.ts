import { countText, listText, sizeText } from '../../base/index.ts';
import { isHidden, readStandbys, thresholds } from '../../database-status/index.ts';
import { defineDatabaseCheck } from '../check.ts';

/** A standby this far behind will be further behind after the migration. */
const farBehindBytes = thresholds.standby_behind.warn;

/** The servers are primaries, and their standbys keep up. */
export const replicationLag = defineDatabaseCheck({
  code: 'replication_lag',
  title: 'Replication',
  about:
    'Only a primary can be migrated. A standby that is behind falls further behind while a migration writes; should it be promoted then, what it has not received is gone.',
  look: async (database) => {
    const [recovery] = await database.read<{ in_recovery: boolean }>('select pg_is_in_recovery() as in_recovery');
    const standbys = await readStandbys(database.read);
    return {
      inRecovery: recovery?.in_recovery === true,
      standbys,
      behind: standbys.filter(({ behindBytes }) => (behindBytes ?? 0) >= farBehindBytes),
      hidden: standbys.filter(isHidden),
    };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'the server is a standby',
      holds: ({ inRecovery }) => inRecovery,
      message: (_, { name }) => `the server of ${name} is a standby, which cannot be migrated`,
      remedy: (_, { name }) => `Set MIGRATOR_${name.toUpperCase()}_DATABASE_URL to the address of the primary.`,
    },
    {
      status: 'warn',
      when: 'a standby is 256 MB or more behind',
      holds: ({ behind }) => behind.length > 0,
      message: ({ behind }, { name }) =>
        `${countText(behind.length, 'standby', 'standbys')} of ${name} ${behind.length === 1 ? 'is' : 'are'} behind: ${listText(behind.map((standby) => `${standby.name} by ${sizeText(standby.behindBytes ?? 0)}`))}`,
      remedy: (_, { onServer }) => onServer('select application_name, state, replay_lag from pg_stat_replication'),
    },
    {
      status: 'skip',
      when: "there are standbys whose position the migrator's role may not see",
      holds: ({ hidden }) => hidden.length > 0,
      message: ({ hidden }, { name }) =>
        `${countText(hidden.length, 'standby', 'standbys')} of ${name} ${hidden.length === 1 ? 'hides its' : 'hide their'} position from the migrator's role`,
      remedy: (_, { role, onServer }) => onServer(`grant pg_monitor to "${role}"`),
    },
    {
      status: 'pass',
      when: 'the server is a primary, and no standby is far behind',
      holds: () => true,
      message: ({ standbys }, { name }) =>
        standbys.length === 0
          ? `the server of ${name} is a primary without standbys`
          : `the server of ${name} is a primary, ${countText(standbys.length, 'standby', 'standbys')} within ${sizeText(farBehindBytes)}`,
    },
  ],
});
