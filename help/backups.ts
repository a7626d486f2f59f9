import type { HelpPage } from './types.ts';

/** Help for Admin > Backups. Commands stand between backticks. */
export const backupsHelp: HelpPage = {
  page: 'backups',
  title: 'Backups',
  intro:
    'The bundles there are, how good each is known to be, and the service that takes them. A bundle holds all three databases as they were at one moment. Administrators take, check, keep, download and delete bundles here; restoring one is done in a terminal, with the commands that the page shows for it.',
  fields: [
    {
      name: 'Overview',
      description:
        'Whether there is a fresh bundle and how good it is, when the next one comes, and with which program it is taken.',
    },
    {
      name: 'Newest bundle',
      description:
        'How long ago it was taken, and what is known of it. Past the age that BACKUP_MAX_AGE_HOURS allows it is called too old, here, on Release and in the metrics.',
    },
    { name: 'Next one', description: 'When the schedule takes the next bundle, in your own time zone.' },
    {
      name: 'Next proof',
      description:
        'When the newest bundle is restored into scratch databases to prove it; or why that cannot be done here.',
    },
    {
      name: 'Coverage',
      description: 'How many of the bundles were ever checked, and how long the one checked longest ago has waited.',
    },
    { name: 'Taken with', description: 'The dump program in use, its version, and where it was found.' },
    {
      name: 'Under way',
      description:
        'The run that is at work now, with a bar for each database: what came out so far of what it is likely to come to. One run at a time. It goes on when you leave the page, and is here again when you come back.',
    },
    {
      name: 'Bundles',
      description:
        'Every bundle, the most recent on top. Below them stands what was found among them and is none, such as half a bundle or a renamed one: nothing of that is ever restored, counted or removed by itself.',
    },
    {
      name: 'Taken',
      description: 'When, by whom, and the id. Opens the details: its tables, its checks, and how to bring it back.',
    },
    {
      name: 'State',
      description:
        'How much is known. “completed”: it was written whole, nobody has looked since. “verified”: every byte was read again, and the checksums are right. “proven”: it was restored into scratch databases, and rows and schemas were the same. “damaged”: its newest check failed. The time beside it is that of the check. A pin with its note and the lock of encryption stand below.',
    },
    { name: 'Size', description: 'Of its files, compressed and, where that is set up, encrypted.' },
    {
      name: 'Rows',
      description:
        'How many rows of all tables it holds. Rows that name something in another database which was not in its snapshot are said to lead nowhere.',
    },
    { name: 'Release', description: 'The release that took it, and its commit. That release runs on what it holds.' },
    { name: 'Schemas', description: 'The schema version of each database in it.' },
    {
      name: 'Copies',
      description:
        'On which targets it lies, is missing, or cannot be looked for now; with several targets, what is known of each copy by itself. “not read back”: the store said size and checksum of every file, and nobody has read it since.',
    },
    { name: 'Targets', description: 'The places where bundles are kept: a folder, and any S3-compatible store.' },
    { name: 'Bundles there', description: 'How many whole bundles lie on that target.' },
    {
      name: 'Copied',
      description:
        'How many of the bundles that its retention would keep are there, and since when the newest missing one has been missing. A store that was away when a bundle was taken gets its copy afterwards: the newest first, one at a time, and giving way to everything else. When that fails it says why, and when it tries again: after 1, 5 and 15 minutes, then every hour.',
    },
    { name: 'Space', description: 'What its bundles take up, and what is left where that can be told.' },
    { name: 'Growth', description: 'How much larger a bundle gets from one day to the next, over the last 30 days.' },
    {
      name: 'Kept',
      description:
        'How many bundles retention keeps there. Each rule keeps its own; a bundle goes once none keeps it. Pinned ones and the last proven one always stay.',
    },
    { name: 'Next to go', description: 'What retention would remove if it ran now. It runs after each new bundle.' },
    {
      name: 'Encryption',
      description:
        'To whose keys bundles are encrypted, and when somebody last showed to hold each. The private keys are on no server.',
    },
    {
      name: 'Runs',
      description:
        'What the service did last, also what failed, was cancelled or was cut off by its own end, with the reason and the way out.',
    },
  ],
  howTos: [
    {
      title: 'Take a backup before an upgrade',
      steps: [
        'Open Admin > Backups and choose “Take a backup”. Give the note under which it is to be kept, so that retention leaves it alone.',
        'Watch the bars. All three databases go on working; scanners get their jobs meanwhile.',
        'Open the new bundle and choose “Prove”. When its state is “proven”, you have a way back that was tried.',
        'From a terminal the same is `plimsoll backup take`.',
      ],
    },
    {
      title: 'Find out what a damaged bundle means',
      steps: [
        'Open it and read the newest line of its verification ledger: it names the file and what is wrong with it.',
        'Look at its copies: another target may hold a good one.',
        'Take a fresh bundle, and look at the disk or store that the damaged one lies on. Delete it once you have another.',
      ],
    },
    {
      title: 'Bring a bundle back',
      steps: [
        'Open the bundle and go to “How to bring it back”.',
        'Run the first command where Plimsoll is deployed. It changes nothing and says what would be lost: scanners enrolled since, jobs that are held, results since.',
        'Run the second one. It holds managers back, restores beside the databases of now, and swaps. Leases from before the restore are turned away, so that no result of the lost time is written.',
        'If it was a mistake, the third command swaps back. If all is well, the last one lets go of the databases from before.',
      ],
    },
    {
      title: 'Get the page back when the backup service is stopped',
      steps: [
        'The page says since when it has not answered, which bundle was last known, and which command starts the service. Copy it and run it where Plimsoll is deployed.',
        'Watch this page: it comes back by itself within seconds of the start.',
        'A run that was cut off is listed under Runs as interrupted; nothing of what it had written is left. Take that bundle again.',
      ],
    },
  ],
  gotchas: [
    'Written whole is not the same as good, and good checksums are not the same as restorable. Only “proven” says that a restore was tried.',
    'No button restores. Restoring replaces all three databases, so it is typed, by somebody at a terminal.',
    'An auditor sees this page and downloads nothing: a bundle holds everything the databases hold.',
    'A pinned bundle and the last proven one cannot be deleted. Take the pin away, or prove another one, first.',
    'A bundle whose private key is lost is lost. Have the key shown on this page a few times a year.',
    'A service that cannot be reached is not the same as no backup. Bundles that were taken are still where they were.',
    'A download that breaks off can be taken up again where it stopped, with the browser’s own “resume” or `curl -C -`.',
  ],
  apiCalls: [
    { method: 'GET', path: '/api/admin/backups', description: 'The bundles, and what lies among them and is none.' },
    { method: 'POST', path: '/api/admin/backups', description: 'Begins to take a bundle.' },
    { method: 'GET', path: '/api/admin/backups/status', description: 'How the backup service fares.' },
    { method: 'GET', path: '/api/admin/backups/{id}', description: 'One bundle, and the commands that restore it.' },
    {
      method: 'POST',
      path: '/api/admin/backups/{id}/verify',
      description: 'Begins to check a bundle; with the method “restore”, to prove it.',
    },
    { method: 'PUT', path: '/api/admin/backups/{id}/pin', description: 'Pins a bundle with a note.' },
    { method: 'DELETE', path: '/api/admin/backups/{id}/pin', description: 'Takes its pin away.' },
    { method: 'GET', path: '/api/admin/backups/{id}/download', description: 'The bundle as one tar archive.' },
    { method: 'DELETE', path: '/api/admin/backups/{id}', description: 'Deletes a bundle from every target.' },
    { method: 'GET', path: '/api/admin/backups/runs/current', description: 'The run that is under way.' },
    {
      method: 'GET',
      path: '/api/admin/backups/runs/current/events',
      description: 'The same as it goes on, as server-sent events.',
    },
    { method: 'GET', path: '/api/admin/backups/runs/{run}', description: 'One run, under way or ended.' },
    { method: 'POST', path: '/api/admin/backups/runs/{run}/cancel', description: 'Cancels a run.' },
    {
      method: 'POST',
      path: '/api/admin/backups/keys/challenge',
      description: 'A text that only the holder of a private key can read.',
    },
    { method: 'POST', path: '/api/admin/backups/keys/answer', description: 'Records who could read it.' },
  ],
  related: [
    {
      page: 'release',
      title: 'Release',
      description: 'Whether the last backup is fresh and good, and to which release it leads back.',
    },
    {
      page: 'database-status',
      title: 'Database Status',
      description: 'How healthy the databases are that the bundles are taken from.',
    },
  ],
};
