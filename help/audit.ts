import type { HelpPage } from './types.ts';

/** Help for Admin > Audit. Commands stand between backticks. */
export const auditHelp: HelpPage = {
  page: 'audit',
  title: 'Audit',
  intro:
    'Who did what, to whom and when: sign-ins, and every change that was made by the pages, by the API and by commands in a terminal. Administrators and auditors read it; nobody can change or delete an entry, not the manager either. Migrations and preflight runs are not here: Release has them.',
  fields: [
    {
      name: 'Events',
      description:
        'One row an event, newest first by the time at which it happened, fifty to a page. The filters stand in the address, so a view can be kept as a bookmark or sent to somebody; the export has all that matches them.',
    },
    {
      name: 'Not written yet',
      description:
        'What this manager has seen and cannot write because the config database takes nothing. It stands in the log of the manager already, and is written here as soon as that can be done. Only there while something waits.',
    },
    {
      name: 'When',
      description:
        'The time at which it happened. “written late” marks what had to wait for the config database, and tells for how long.',
    },
    {
      name: 'Who',
      description:
        'The user, the API token by its name, the operator at a terminal, or the program itself; and how whoever it was had come in.',
    },
    { name: 'What', description: 'What was done, in words, and below as the stable name that scripts go by.' },
    { name: 'About', description: 'To whom or to what it was done: a user, a token, the id of a scan or of a bundle.' },
    {
      name: 'Details',
      description:
        'What else is on record. Hidden characters and those that turn a line round are written out, as in `\\u{202e}`: strangers choose some of these texts.',
    },
  ],
  howTos: [
    {
      title: 'Find out who changed something',
      steps: [
        'Choose under What which kind of change it was, or type into About what was changed: a name, an id, or a word of the details.',
        'Narrow it down by the days. Both count whole, by UTC.',
        'If nothing is there, it was done in a way that is not on record, or under another name: clear a filter and look again.',
      ],
    },
    {
      title: 'Hand the log to an auditor',
      steps: [
        'Set the days and press Export as CSV. The file has all that matches, not only this page, and that it was exported is in the log.',
        'Give a person who looks more often the role auditor on Users, and a program a token with that role on Tokens.',
      ],
    },
    {
      title: 'See who came in while the config database was down',
      steps: [
        'Choose sign-ins under What, and type `recovery` into Who.',
        'Look for “written late”: these were kept by a manager until the database was back.',
      ],
    },
  ],
  gotchas: [
    'A failed sign-in is not here: it would let strangers fill the log. The metrics count them, and the log of the manager has their addresses.',
    'While the config database is down the log cannot be read, which the page says. Each manager shows what it holds itself; another may hold more.',
    'An event that a manager holds is lost with that manager if it is killed before it could write; its own log has it still.',
    'Entries come back with a bundle as they were when it was taken. What happened since is then in exports and logs alone.',
  ],
  apiCalls: [
    {
      method: 'GET',
      path: '/api/admin/audit',
      description: 'One page of the log with the filters of this page; with `format=csv` all that matches, as a file.',
    },
  ],
  related: [
    { page: 'users', title: 'Users', description: 'The people whose names stand under Who.' },
    { page: 'tokens', title: 'Tokens', description: 'The programs whose names stand there.' },
    { page: 'release', title: 'Release', description: 'Who migrated what and when, and signed evidence of it.' },
  ],
};
