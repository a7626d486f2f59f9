import type { HelpPage } from './types.ts';

/** Help for Admin > Scanners. Commands stand between backticks. */
export const scannersHelp: HelpPage = {
  page: 'scanners',
  title: 'Scanners',
  intro:
    'Every scanner that has enrolled, one by one: whether it reports in, what it runs, whether it gets jobs and if not why, and how many it works on. Administrators enrol, rename and revoke scanners here; auditors see all of it and change nothing. The page keeps itself up to date while it is open.',
  fields: [
    {
      name: 'Fleet',
      description:
        'The whole fleet in numbers, whatever the filters below say; revoked scanners are not counted. Those outside the window are told apart by whether they report in now: the others come back outside unless they are upgraded meanwhile.',
    },
    {
      name: 'Scanners',
      description:
        'One row for each scanner that passes the filters, a hundred to a page, in the order chosen. Filters and order stand in the address, so a view can be kept as a bookmark or sent to somebody.',
    },
    {
      name: 'Name',
      description:
        'What the scanner called itself when it enrolled, or what it was renamed to since; names need not be unique. It opens all that is known of the scanner. “clone suspected” under it means that two programs were seen to use its credential by turns.',
    },
    {
      name: 'State',
      description:
        '“online”: its last heartbeat came in time. “late”: one is overdue. “offline”: several are. “revoked”: an administrator has ended its credential, with who and when.',
    },
    { name: 'Last contact', description: 'When its last heartbeat came, by the clock of the manager.' },
    { name: 'Version', description: 'The version of the scanner program, as it tells with each heartbeat.' },
    {
      name: 'Protocol',
      description:
        'The wire-protocol version it speaks, and whether that is inside the window of this release. A scanner outside is seen and gets no job; the sentence below says which of the two is too old.',
    },
    {
      name: 'Refused',
      description:
        'How often its calls for jobs were refused because of its protocol, and since when. It stops counting once the scanner is inside again.',
    },
    {
      name: 'Jobs held',
      description: 'How many jobs it has leased and not returned. “unknown” when the jobs database cannot be read.',
    },
    {
      name: 'Enrolment tokens',
      description:
        'What new scanners can still enrol with: how many more, until when, and who made it. The tokens themselves are kept nowhere. Below are those that are used up, expired or revoked.',
    },
  ],
  howTos: [
    {
      title: 'Enrol a scanner',
      steps: [
        'Choose Enrol a scanner, say what the token is for, how many scanners may use it and for how long, and make it.',
        'Copy the command that fits how the scanner is to run: with npx in a checkout, with Docker, or as a single executable. Do it now: the token in it is shown this once.',
        'Run the command on the machine of the scanner. It gets a credential of its own, keeps it in its state folder, and needs the token no more.',
        'Watch it appear as “online”. A scanner whose protocol does not fit is told so at once, and shows as outside.',
      ],
    },
    {
      title: 'Find the scanners that get no jobs, and mend that',
      steps: [
        'Set the filter Window to outside.',
        'Set the filter Last contact to a week ago or more, to see those that are asleep and will come back outside.',
        'Read the reason in the column Protocol. If the scanner is older than the window, upgrade the scanner; if it is newer, it waits for the manager to be upgraded.',
        'Start the upgraded scanner with the same state folder: it keeps its credential, and moves inside with its next heartbeat.',
      ],
    },
    {
      title: 'Settle a suspected clone',
      steps: [
        'Set the filter Clone to suspected, to see all of them.',
        'Find out where the scanner program runs: a copied machine image or state folder is the usual cause.',
        'Stop the program that should not run. Open the scanner and choose Rotate, so that the other is given a new credential and the copied one ends.',
        'If you cannot tell which is which, revoke the scanner and enrol both anew, each with a state folder of its own.',
      ],
    },
    {
      title: 'Take a scanner out of service',
      steps: [
        'Stop its program, so that it can return what it has finished.',
        'Open the scanner, type its name and choose Revoke. What it still holds goes to other scanners once its leases run out.',
      ],
    },
  ],
  gotchas: [
    'Revoking cannot be undone. The same machine comes back only by enrolling anew, as another scanner.',
    'Revoking an enrolment token does not touch the scanners that enrolled with it.',
    'A new credential is handed out with a heartbeat, so rotating does nothing while the scanner is offline.',
    'A scanner that is not online and outside the window is not gone: it will come back outside. Count it in before you raise the window.',
    'Filtering by jobs held takes the jobs database; while that cannot be read, such a list is refused, and all others are shown.',
    'While the gate is closed scanners get no jobs either, although they show as inside: see Admin > Release for that.',
  ],
  apiCalls: [
    {
      method: 'GET',
      path: '/api/admin/scanners',
      description: 'The numbers of the fleet and one page of scanners, with the filters and orders of this page.',
    },
    { method: 'GET', path: '/api/admin/scanners/{id}', description: 'All that is known of one scanner.' },
    { method: 'PATCH', path: '/api/admin/scanners/{id}', description: 'Gives a scanner another name.' },
    {
      method: 'POST',
      path: '/api/admin/scanners/{id}/rotate',
      description: 'Has a scanner given a new credential at its next heartbeat.',
    },
    {
      method: 'POST',
      path: '/api/admin/scanners/{id}/revoke',
      description: 'Ends the credential of a scanner for good.',
    },
    { method: 'GET', path: '/api/admin/enrolment-tokens', description: 'The enrolment tokens, without their text.' },
    {
      method: 'POST',
      path: '/api/admin/enrolment-tokens',
      description: 'Makes an enrolment token, and shows it this once with the command to type.',
    },
    {
      method: 'DELETE',
      path: '/api/admin/enrolment-tokens/{id}',
      description: 'Revokes an enrolment token; scanners that enrolled with it stay.',
    },
  ],
  related: [
    {
      page: 'scans',
      title: 'Scans',
      description: 'What the scanners are asked to probe, job by job, and what they found.',
    },
    {
      page: 'release',
      title: 'Release',
      description:
        'The same fleet counted by version against the window, beside everything else that decides whether an upgrade is safe.',
    },
  ],
};
