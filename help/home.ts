import type { HelpPage } from './types.ts';

/** Help for the home page. Commands stand between backticks. */
export const homeHelp: HelpPage = {
  page: 'home',
  title: 'Home',
  intro:
    'The deployment at a glance: whether it is fit to run, how each part of it stands, and what scans have found last. Each part leads to the page that has the whole of it. In a new deployment the first steps stand here, each ticked once it is true. Users who may not read the Admin pages see their scans and what was found.',
  fields: [
    {
      name: 'Verdict',
      description:
        'The same line as on Release, with the worst of its reasons and the command that mends it. How many more reasons there are is told below.',
    },
    {
      name: 'First steps',
      description:
        'From an empty deployment to the first finding, the first backup and the first preflight. Each step is read from the deployment itself: “done” is true, “to do” is not, “cannot tell” means that what would tell cannot be read now. The part goes away once nothing is left to do.',
    },
    {
      name: 'Databases',
      description: 'The status of the schema of config, results and jobs, with the version that each is at.',
    },
    {
      name: 'Last backup',
      description:
        'How old the newest bundle is, and how good it is known to be. “cannot tell” when the backup service cannot be asked, which is not the same as “none”.',
    },
    {
      name: 'Scanners',
      description:
        'How many of the registered scanners are online, and how many get no jobs because of their protocol.',
    },
    {
      name: 'Queue',
      description: 'How many jobs wait for a scanner, and how many of those no scanner that is online may take.',
    },
    { name: 'Preflight', description: 'The result of the latest recorded run, and which release it judged.' },
    {
      name: 'Latest findings',
      description:
        'What the newest scan that has found something found, the certificates that expire first before all others. Five of them; the scan has the rest.',
    },
  ],
  howTos: [
    {
      title: 'Get from an empty deployment to the first finding',
      steps: [
        'Look at First steps. What `npm start` runs has enrolled a scanner by itself; elsewhere go to Scanners, make a token and run the command that is shown with it.',
        'Choose to scan this manager, or something else, and start the scan.',
        'Watch its jobs: a scanner takes them within seconds, and the findings appear below them.',
        'Come back to Home. The steps are ticked, and the findings stand here.',
      ],
    },
    {
      title: 'Find out what is wrong',
      steps: [
        'Read the verdict and the reasons below it, and copy the command of the worst.',
        'Look for a part that says “cannot tell”: what cannot be read is not known to be well.',
        'Follow the link of that part to its page.',
      ],
    },
  ],
  gotchas: [
    'The home page reads and changes nothing. What has to be done is done on the pages it leads to, or in a terminal.',
    'While the gate is closed scans are switched off, and their part says so with the way out; the rest of the page goes on.',
    'The address for a first scan is how your browser reaches the manager. A scanner on another machine may reach something else there, or nothing.',
  ],
  apiCalls: [
    { method: 'GET', path: '/api/admin/release', description: 'The posture, of which this page shows a part.' },
    { method: 'GET', path: '/api/scans', description: 'The newest scans, with how their jobs stand.' },
    { method: 'GET', path: '/api/scans/{id}/findings', description: 'What one scan has found.' },
  ],
  related: [
    { page: 'release', title: 'Release', description: 'All reasons of the verdict, and everything it is made from.' },
    { page: 'scans', title: 'Scans', description: 'All scans, their jobs and what they found.' },
    { page: 'scanners', title: 'Scanners', description: 'The fleet one by one, and how one more is enrolled.' },
    { page: 'backups', title: 'Backups', description: 'Where bundles are taken, verified and brought back.' },
  ],
};
