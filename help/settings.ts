import type { HelpPage } from './types.ts';

/** Help for Admin > Settings. Commands stand between backticks. */
export const settingsHelp: HelpPage = {
  page: 'settings',
  title: 'Settings',
  intro:
    'What the manager that answers was started with, and where each value comes from. The page only reads: settings are environment variables, and a manager takes them in when it starts. Of secrets it tells whether they are set, and nothing else.',
  fields: [
    {
      name: 'This manager',
      description:
        'Every setting that a manager reads. Beside the heading stands which manager answers, by its machine or container, and since when it runs: with several managers another may have answered, and may be set otherwise.',
    },
    { name: 'Name', description: 'The environment variable. A secret can be given as `NAME_FILE` too, with a path.' },
    { name: 'Value', description: 'What is in force. “set, secret” for a secret, “not set” where there is no value.' },
    {
      name: 'Source',
      description:
        '“environment”: the variable was set. “file”: the value is in the file that `NAME_FILE` names. “default”: nothing was set. “not set”: nothing was set, and there is no default.',
    },
    { name: 'What it does', description: 'The same words as in docs/settings.md and in `plimsoll --help`.' },
    {
      name: 'Kept in the database',
      description:
        'What the config database keeps of this deployment: its id, how often it was brought back from a bundle, and why its gate is held closed. A value that this release does not know is not shown.',
    },
  ],
  howTos: [
    {
      title: 'Find out why a manager does not do as it was told',
      steps: [
        'Look for the setting and at its source. “default” means that the variable did not reach the manager: look at its name, and at the environment of the container.',
        'Look beside the heading which manager has answered, and reload until the other has.',
        'If a value is an old one, start the manager again: settings are read once.',
      ],
    },
    {
      title: 'Change a setting',
      steps: [
        'Change the environment: in a deployment by Compose the file `.env` or the file of the secret.',
        'Run `docker compose up -d`. A malformed value stops the start, and its log names every one of them.',
        'Reload this page and look at the source.',
      ],
    },
  ],
  gotchas: [
    'The settings of the backup service and of scanners are not here: they are other programs, with an environment of their own.',
    'The page works while the gate is closed and while the config database is down; then the last part says that it cannot be read.',
    'Database URLs count as secrets as a whole, because they carry passwords. Database Status names host, database and role.',
  ],
  apiCalls: [
    {
      method: 'GET',
      path: '/api/admin/settings',
      description: 'Every setting with its source, and what the config database keeps.',
    },
  ],
  related: [
    {
      page: 'database-status',
      title: 'Database Status',
      description: 'How the databases are that the URLs of this page lead to.',
    },
    { page: 'release', title: 'Release', description: 'Which release and which image the manager runs.' },
  ],
};
