import type { HelpPage } from './types.ts';

/** Help for Admin > Database Status. Commands stand between backticks. */
export const databaseStatusHelp: HelpPage = {
  page: 'database-status',
  title: 'Database Status',
  intro:
    'How each database fares at this moment, read from the server itself: whether it answers and how fast, who waits for whom, what keeps dead rows, how replication stands, what grows, and what is under way. What is beyond its threshold stands on top, each with what to do. The page only reads, and keeps itself up to date while it is open.',
  fields: [
    {
      name: 'Databases',
      description:
        'One card for each database with its status, the worst reading in a sentence, how fast it answers, its size and its connections. Choosing a card shows that database below; without a choice it is the one that is worst off. “in order”: every reading is within its threshold. “attention” and “critical”: at least one is beyond it. “unknown”: it did not answer, or a part of it could not be read or seen, and nothing else is out of order.',
    },
    {
      name: 'Out of order',
      description:
        'Every reading beyond its threshold, worst first, with the command or the step that mends it. “to know” is no fault: a dump or a migration under way, for example. If the database does not answer, the reason stands here, and when it was read last.',
    },
    {
      name: 'Blocked and blocking',
      description:
        'Sessions that wait for a lock, each under the one that it waits for, with the program, how long it has waited, the kind of lock and the table. The one at the head of a queue waits for nobody: it is the one to look at. Queues can be several steps deep.',
    },
    {
      name: 'Work under way',
      description:
        'A migration and how long its statement has been running, index builds with the percentage of the phase that they are in, and dumps. While a dump runs dead rows stay, so leasing jobs can become slower until it ends.',
    },
    {
      name: 'Open transactions',
      description:
        'Sessions of this database with an open transaction: the program, what it is doing and since when, how long the transaction has been open, and its statement. “idle in transaction” is counted from when it fell idle. Dumps and migrations are told as such. Transactions prepared and never finished stand below.',
    },
    {
      name: 'Server',
      description:
        'The Postgres version, whether the server is a primary or a standby, which of the hosts that its URL names was reached, when it was started, how long a new connection and one round trip took, and which role the readings are made with.',
    },
    {
      name: 'Connections',
      description:
        'Client connections of the whole server against its limit, without those that it keeps back for superusers, by program, role and database.',
    },
    {
      name: 'Dead rows kept',
      description:
        'What keeps vacuum from removing dead rows, the oldest first: sessions, dumps, prepared transactions, replication slots and standbys, with how many transactions ago each began.',
    },
    {
      name: 'Vacuum',
      description:
        'The tables with the most dead rows, the number of them with which autovacuum comes, and when each was vacuumed last; and the autovacuums at work now. Dead rows are counted by the server; wasted room is not estimated.',
    },
    {
      name: 'Transaction ids',
      description:
        'How much is used up of the transaction ids that there are until the server takes no more writes, by the age of the oldest rows. Vacuum brings it down; the oldest tables are named.',
    },
    {
      name: 'Largest tables',
      description:
        'The tables that take the most room, their indexes included. “about”: the table is locked, so it tells the size of its last vacuum.',
    },
    {
      name: 'Size',
      description:
        'How large the database is, and how it has grown over the last week, or since this manager has known it.',
    },
    {
      name: 'Found in memory',
      description:
        "How many of the blocks asked for over the last hour or two were in the server's own memory; the others came from the machine's memory or from disk.",
    },
    {
      name: 'Replication',
      description:
        'Standbys with how much of the log they have not replayed, and replication slots with how much log the server keeps for each. A slot that nobody reads keeps more and more of it until the disk is full.',
    },
    {
      name: 'Invalid indexes',
      description:
        'Indexes that a failed concurrent build has left: every write pays for them and no query uses them. One that is being built right now is told apart.',
    },
    {
      name: 'Thresholds',
      description:
        'From where on each reading is to know, needs attention or is critical. docs/database-status.md has the reasons.',
    },
  ],
  howTos: [
    {
      title: 'Find out why jobs are slow',
      steps: [
        'Choose jobs and read Out of order.',
        'Look at Blocked and blocking. If somebody stands at the head of a queue, find out whose program that is; its name, role and address stand under Open transactions.',
        'Ask for its transaction to be ended. If nobody answers for it, copy the command beside the finding, which ends the session.',
        'If nobody is blocked, look at Work under way and Dead rows kept: a dump or an old transaction lets dead rows pile up in the queue, and Vacuum shows how many.',
      ],
    },
    {
      title: 'Watch a migration',
      steps: [
        'Choose the database and look at Work under way: it names the statement, how long it has been running, and whom it waits for.',
        'While an index is built, follow the percentage. It is of one phase; a concurrent build has several and waits for old transactions in between.',
        'When the migration is through, Admin > Release shows the new schema version.',
      ],
    },
    {
      title: 'Let the page see what is hidden',
      steps: [
        'Look at Server: it names the role that the readings are made with, and whether it has `pg_monitor`.',
        'Copy the command beside the finding, and run it as a superuser of the server. Nothing has to be restarted.',
        'Better, give the manager a role of its own for this with `MONITOR_CONFIG_DATABASE_URL` and its two sisters; docs/database-status.md says how to make it.',
      ],
    },
  ],
  gotchas: [
    'A database that did not answer shows what was read before, with its age, inside dashed lines. That may no longer be so.',
    'Connections, replication and parts of the server are the same for every database that lives on it.',
    'Percentages and counts of the server begin anew when its statistics are reset. The page says since when they count.',
    'Growth needs sizes from before. A manager that has just been installed tells none for an hour, and each manager keeps its own.',
    'Ending a session undoes what its transaction has done so far. Ask whose it is first.',
    'Looking costs the databases little and not looking nothing, but for one question about its size to each every ten minutes: readings are made while somebody has this page open, and are shared by all who have.',
  ],
  apiCalls: [
    {
      method: 'GET',
      path: '/api/admin/databases',
      description: 'All that this page shows: each database with its parts and findings, and the thresholds.',
    },
  ],
  related: [
    {
      page: 'release',
      title: 'Release',
      description: 'Schema versions, and what was migrated when; Database Status shows a migration while it runs.',
    },
    {
      page: 'backups',
      title: 'Backups',
      description: 'Dumps under way and their schedule; a dump that takes long can be given up there.',
    },
  ],
};
