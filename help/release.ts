import type { HelpPage } from './types.ts';

/** Help for Admin > Release. Commands stand between backticks. */
export const releaseHelp: HelpPage = {
  page: 'release',
  title: 'Release',
  intro:
    'Where this deployment stands, on one page that only reads: which build is running, whether each database has the schema that build needs, who migrated them and when, how old the newest backup is, which versions the scanners run, and what the latest preflight said. It keeps itself up to date while it is open.',
  fields: [
    {
      name: 'Verdict',
      description:
        'One line that sums up everything below it, with the reasons listed worst first and the command for each. It never claims what could not be read: if a part is unknown, the best it says is that it cannot tell, and names the part.',
    },
    {
      name: 'App version',
      description:
        'The release this manager was built as: the appVersion of the compatibility manifest inside its image.',
    },
    {
      name: 'Image SHA',
      description:
        'The commit from which the running containers were deployed. The release tooling sets it; started any other way, for example on a development machine, it reads “unknown”.',
    },
    {
      name: 'Gate',
      description:
        'What the manager has switched off because a schema does not fit: product routes, job leases, or nothing. Shows which database is the cause and since when.',
    },
    {
      name: 'Upgrade',
      description:
        'The newest release that a preflight has judged before it came, held against this deployment as it is now: the version each database would go to, what every pending migration does to which table, how strongly it locks it and how long it is expected to take, who among the scanners would get no more jobs, how far you could go back afterwards without a restore, and the one command that comes next. A migration that loses data or stops a large table is marked and has to be acknowledged by its hash. The part says that nothing is there while no newer release was judged, and is empty again once the judged release runs.',
    },
    {
      name: 'Schema version',
      description:
        'A card for each of config, results and jobs: the version its ledger says is applied, and the one this release requires. “ok” is equal. “behind” is lower, and the migrator has work to do. “ahead” is higher: the database has been migrated by a newer release than this image, and the card tells whether this image may still work on it. “unknown” says that the database could not be read.',
    },
    {
      name: 'Last backup',
      description:
        'When the newest bundle of all databases was taken, as the backup service tells, and how good it is known to be: completed, verified, proven or damaged. Then whether a database was migrated after it, and the way back: to which release it leads, and how much would be lost. That service being out of reach is shown as such; it does not mean that there is no backup.',
    },
    {
      name: 'Scanner fleet',
      description:
        'The number of registered scanners by binary version and by the wire protocol they speak, and how many of them are inside and outside the range of protocols that this release supports. Those outside that are not online now are counted apart: they will come back outside. Below stands whether the jobs that wait in the queue have an eligible scanner: one inside the window that is online. If none is there, all of them wait.',
    },
    {
      name: 'Preflight',
      description:
        'What the latest recorded preflight run found: its overall result, each check with its evidence, who ran it and for which release, and how long the pending migrations took if they were rehearsed on a bundle of your own data before. Marked stale once things have changed since.',
    },
    {
      name: 'Migration history',
      description:
        'The latest migrations of each database, the most recent on top and grouped by run of the migrator, each with its time, its build, and whose hand it was: the operator who was named, or else the database role.',
    },
    {
      name: 'History',
      description:
        'How this page changed over time, most recent first: each entry has the verdict it led to, what was different, who migrated or ran preflight, and which release saw it on which machine. A change counts once it has held for five seconds; ages and scanners that come online and go do not count. Times at which nobody watched stand between the entries, with the reason. “Written later” marks what a manager had to keep while the config database was away.',
    },
  ],
  howTos: [
    {
      title: 'Find out whether you can upgrade now',
      steps: [
        'Open Admin > Release and read the verdict and its reasons.',
        'Look at the three schema versions. Before an upgrade “behind” is what you should expect: the migrator of the new release will move them up.',
        'Look at the scanner fleet. Whoever is outside the supported protocols gets no more jobs after the upgrade until that scanner has been upgraded as well.',
        'Look at the last backup: its age, its state and its way back. If it is older than you would like to fall back to, take a new one on Admin > Backups first.',
        'Look at the upgrade. If nothing is there yet, run preflight with the migrator container of the new image: it changes nothing, and puts the release there with all that it would do. With `--rehearse` it first tries the migrations on a bundle of your own data, and tells how long they took there.',
        'Do what the upgrade names as next, read it again, and go on until it says that the managers may be started.',
      ],
    },
    {
      title: 'Get a manager to work that its databases hold back',
      steps: [
        'Open Admin > Release and look for the card that says “behind”. This page works while the gate is closed, and with the recovery token even while the config database is down.',
        'Copy the command that the card shows and run it where Plimsoll is deployed. It starts the migrator, which brings each database to the version that this release requires.',
        'Watch the card turn to “ok”. The gate opens by itself within seconds; reloading the page or restarting the manager is not needed.',
      ],
    },
    {
      title: 'See what this page showed on another day',
      steps: [
        'Scroll to History, set the day and time, and press “Show as it was”; or press “As it was” beside an entry.',
        'Read on top what the page is of, when it was recorded, and whether anybody was watching at that time.',
        'Press “Back to now” when you are done. In a terminal `plimsoll posture at 2026-05-03` shows the same.',
      ],
    },
    {
      title: 'Take evidence along for an audit',
      steps: [
        'Press “Evidence” on top. The ZIP file holds a page to read and print, and the same data signed: before and after, preflight and rehearsals, the last bundle, every migration with its checksum, the fleet, and the history of the last 30 days.',
        'In a terminal `plimsoll posture evidence --since 2026-05-01` writes it for any span.',
        'Hand out the public key, which `plimsoll posture evidence key` prints. Whoever receives the evidence unpacks it and runs `plimsoll posture evidence verify FOLDER --key public.pem`.',
        'Read its beginning first: it says which parts could not be read when it was made, and whether it is signed at all.',
      ],
    },
    {
      title: 'Get jobs to move that no scanner takes',
      steps: [
        'Look at the scanner fleet. “No eligible scanner” means that none inside the supported protocols is online; the jobs wait in the queue and are not lost.',
        'If scanners inside are registered but not online, start one again on its machine with `plimsoll scanner` and the settings it had.',
        'If those that are online are outside, follow the link to Admin > Scanners: it lists them, each with the reason. Upgrade one, or enrol a new scanner there.',
        'Watch the count fall to none: the scanner is given jobs within seconds of its first heartbeat.',
      ],
    },
  ],
  gotchas: [
    'Nothing can be changed from here. Migrations and preflight are started in a terminal, with the migrator container.',
    'An Image SHA of “unknown” is normal on a development machine. Only deployments made with the release tooling, such as staging and production, carry a commit.',
    'Preflight shows nothing until somebody has run it and the run was recorded. It is a step of its own that an operator takes.',
    'Seeing “behind” just before an upgrade is no fault: moving the schema up is what the migrator is for. The one to wonder about is “ahead”, which means that the database has seen a newer release than the image that is running.',
    'Take “unknown” for what it says: the ledger of that database could not be read. Look for a lost connection or missing rights, not for a pending migration.',
  ],
  apiCalls: [
    {
      method: 'GET',
      path: '/api/admin/release',
      description: 'The whole release posture in one answer: all that this page shows.',
    },
    {
      method: 'GET',
      path: '/api/admin/release/history',
      description: 'What changed of the posture, newest first, with the times at which nobody watched.',
    },
    {
      method: 'GET',
      path: '/api/admin/release/history/at',
      description: 'The whole posture as it was recorded last at or before a time.',
    },
    {
      method: 'GET',
      path: '/api/admin/release/evidence',
      description: 'Signed evidence of the state of this deployment and how it came about, as one ZIP file.',
    },
  ],
  related: [
    {
      page: 'scanners',
      title: 'Scanners',
      description: 'The fleet one by one, and why a scanner outside the window gets no jobs; Release counts it.',
    },
    {
      page: 'database-status',
      title: 'Database Status',
      description:
        'How healthy each database is at this moment; Release has their schema versions and what was migrated when.',
    },
    {
      page: 'backups',
      title: 'Backups',
      description:
        'Where backups are taken and looked after; Release tells how good the newest is, and where it leads back to.',
    },
  ],
};
