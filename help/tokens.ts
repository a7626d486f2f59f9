import type { HelpPage } from './types.ts';

/** Help for Admin > Tokens. Commands stand between backticks. */
export const tokensHelp: HelpPage = {
  page: 'tokens',
  title: 'Tokens',
  intro:
    'The API tokens with which programs call this manager: monitoring, pipelines, scripts. Each has a role, as a user has, and may have an end. Administrators make and revoke them; auditors see the list. Scanners do not use them: they enrol with tokens of their own, on Scanners.',
  fields: [
    {
      name: 'API tokens',
      description:
        'The tokens that are taken, the most recent on top; below them those that have expired or were revoked. The tokens themselves are kept nowhere, only their hashes.',
    },
    { name: 'Name', description: 'Which program it is for. The audit log names the program by it.' },
    { name: 'Role', description: 'What the program may do, the same as for a user of this role.' },
    {
      name: 'State',
      description:
        '“live”: it is taken. “expired”: its end has come. “revoked”: somebody has ended it. Both of these are for good.',
    },
    {
      name: 'Last used',
      description:
        'When a call last came with it, to the minute. “never” also for one that has not been used since this release notes it.',
    },
    { name: 'Expires', description: 'When it ends by itself; “never” for one that has no end.' },
    { name: 'Made', description: 'When it was made, and by whom.' },
  ],
  howTos: [
    {
      title: 'Let a program call the API',
      steps: [
        'Choose Make a token, name the program, and choose the least role that does: auditor to read, user to ask for scans.',
        'Copy the token. It is shown this once.',
        'Have the program send it with each call: `curl -H "Authorization: Bearer plm_…" http://127.0.0.1:8080/api/admin/release`.',
      ],
    },
    {
      title: 'Exchange a token before it expires',
      steps: [
        'Make a second token under another name, and give it to the program.',
        'Watch Last used of the second one; the first should stand still from then on.',
        'Revoke the first.',
      ],
    },
    {
      title: 'End a token that has got into wrong hands',
      steps: [
        'Find it by its name and choose Revoke. This manager refuses it at once, others within seconds.',
        'Go to Audit and filter by its name, to see what was done with it.',
      ],
    },
  ],
  gotchas: [
    'A token without an end is convenient and stays behind when its program is gone. Last used tells which these are.',
    'Revoking cannot be undone, but the name is free again for another token.',
    'A token goes on when the user who made it is switched off.',
    'While the config database is down, tokens that the manager has in memory are taken as before; one it has not seen cannot be checked.',
  ],
  apiCalls: [
    { method: 'GET', path: '/api/admin/tokens', description: 'Every token ever made, without its text.' },
    { method: 'POST', path: '/api/admin/tokens', description: 'Makes a token, and tells it this once.' },
    { method: 'DELETE', path: '/api/admin/tokens/{id}', description: 'Revokes a token.' },
  ],
  related: [
    { page: 'users', title: 'Users', description: 'The people, who sign in with passwords.' },
    { page: 'scanners', title: 'Scanners', description: 'The tokens with which scanners enrol, which are others.' },
    { page: 'audit', title: 'Audit', description: 'What was done with each token.' },
  ],
};
