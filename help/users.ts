import type { HelpPage } from './types.ts';

/** Help for Admin > Users. Commands stand between backticks. */
export const usersHelp: HelpPage = {
  page: 'users',
  title: 'Users',
  intro:
    'The people who may sign in, each with one role. Administrators add users, give them another role or password and switch them off; auditors see the list. Every change has its line in the audit log. The page keeps itself up to date while it is open.',
  fields: [
    { name: 'Users', description: 'One row for each user, by name. An administrator opens one by its name.' },
    { name: 'Name', description: 'What the user signs in with. Capitals do not matter when signing in.' },
    {
      name: 'Role',
      description:
        '“user” asks for scans and reads what they found. “auditor” reads every page and changes nothing. “admin” reads and changes everything.',
    },
    {
      name: 'State',
      description: '“active”: may sign in. “switched off”: may not, and sessions that were open have ended.',
    },
    { name: 'Password set', description: 'When the password was last set, by whomever.' },
    { name: 'Added', description: 'When the user was added.' },
  ],
  howTos: [
    {
      title: 'Add a user',
      steps: [
        'Choose Add a user, type the name and choose the least role that does.',
        'Copy the password that is shown. It is shown this once.',
        'Hand it over on a way that others do not read.',
      ],
    },
    {
      title: 'Help somebody who has forgotten the password',
      steps: [
        'Open the user and choose Set a new password. Sessions of that user end.',
        'Copy the password and hand it over.',
        'If nobody can sign in any more, run `plimsoll user passwd NAME` where Plimsoll is deployed.',
      ],
    },
    {
      title: 'Part with somebody',
      steps: [
        'Open the user and choose Switch off. Sessions end at once on this manager, and within seconds on others.',
        'Look through Tokens for what this person has made, and revoke what is no longer needed: tokens live on without their maker.',
      ],
    },
  ],
  gotchas: [
    'Users are switched off and never deleted, so that the audit log goes on naming somebody who exists.',
    'Nobody takes away their own role or switches themselves off, and the last administrator stays. The last one stays in a terminal too.',
    'A new role holds at once, also for sessions that are open.',
    'Users are kept in the config database. While that is down nobody signs in by password; sessions that are open go on, and the recovery token opens the pages for reading.',
  ],
  apiCalls: [
    { method: 'GET', path: '/api/admin/users', description: 'Every user, by name.' },
    { method: 'POST', path: '/api/admin/users', description: 'Adds a user; without a password one is generated.' },
    { method: 'PATCH', path: '/api/admin/users/{id}', description: 'Gives another role, or switches off and on.' },
    {
      method: 'POST',
      path: '/api/admin/users/{id}/password',
      description: 'Sets a new password, and ends the sessions of the user.',
    },
  ],
  related: [
    { page: 'tokens', title: 'Tokens', description: 'What programs sign in with, where people use a password.' },
    { page: 'audit', title: 'Audit', description: 'Who added, changed and switched off whom, and who signed in.' },
  ],
};
