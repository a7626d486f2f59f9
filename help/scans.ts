import type { HelpPage } from './types.ts';

/** Help for Scans. Commands stand between backticks. */
export const scansHelp: HelpPage = {
  page: 'scans',
  title: 'Scans',
  intro:
    'What was asked to be scanned, once or by schedule, how far each scan is, and what it found, certificates about to expire first. A scan is one job for each target and kind of probe; scanners inside the protocol window take the jobs and report back. The pages keep themselves up to date while they are open.',
  fields: [
    {
      name: 'Schedules',
      description: 'Scans that come again by themselves, by name. The part is there once there is a schedule.',
    },
    {
      name: 'Schedule',
      description: 'What it is called; its scans are called the same. It leads to the schedule itself.',
    },
    {
      name: 'When',
      description:
        'The cron expression (minute, hour, day of month, month, day of week) and the time zone by whose clock it is read.',
    },
    {
      name: 'Next',
      description:
        'When it comes next; on the page of a schedule, its next three times. A paused one does not come until it is resumed.',
    },
    { name: 'Latest', description: 'What became of its latest occurrence. It leads to the scan.' },
    { name: 'Occurrences', description: 'The latest twenty times a schedule was due, and what became of each.' },
    { name: 'Due', description: 'The time at which it was to come, to the minute.' },
    {
      name: 'Outcome',
      description:
        '“fired”: a scan was made in time. “caught up”: it was made late, because no manager was at work or the gate was closed; of several that went by only the latest is made up for, and how many were missed is said. “skipped”: no scan was made, and why: the one before still ran, or the expression cannot be read any more.',
    },
    { name: 'Scan', description: 'The scan that the occurrence made, or the one that still ran and was in the way.' },
    { name: 'Targets', description: 'What the schedule scans, the first twenty of them.' },
    { name: 'Scans', description: 'Every scan that was asked for, newest first, fifty to a page.' },
    { name: 'Name', description: 'What the scan was called by whoever asked for it. It leads to the scan itself.' },
    {
      name: 'Progress',
      description:
        'How many of its jobs have ended, and how the scan stands as a whole; on the page of a scan, its jobs by how they stand. Jobs that wait for another attempt count as queued.',
    },
    { name: 'Requested', description: 'When the scan was asked for, by whom, and from which schedule.' },
    {
      name: 'Findings',
      description:
        'What scanners reported, with the certificate that expires first on top. The page shows the first 200; the CSV and JSON files have all of them.',
    },
    {
      name: 'Target',
      description: 'The endpoint as host:port. It leads to everything that was ever found there, newest first.',
    },
    {
      name: 'Certificate',
      description:
        'How many days the certificate of the endpoint is still good, by the clock of the manager and not of the scanner. Only the probe tls looks at certificates.',
    },
    { name: 'Kind', description: '“tcp”, “tls” or “http”: which probe found it.' },
    {
      name: 'Found',
      description:
        'For tcp whether the port is open and how fast it answered; for tls protocol, cipher and whether public authorities vouch for it; for http the status, redirects and missing security headers. A dead endpoint is a finding as well, with what was met there.',
    },
    { name: 'Seen', description: 'When it was reported, and by which scanner.' },
    { name: 'Jobs', description: 'The jobs of the scan one by one, two hundred to a page.' },
    { name: 'Endpoint', description: 'Where the job probes, as host:port.' },
    { name: 'Probe', description: 'Which probe the job is.' },
    {
      name: 'State',
      description:
        '“queued”: no scanner has it. “running”: one has. “tried again later”: an attempt failed and another one comes. “done”, “failed” after its last attempt, or “cancelled”. The reason of a failure stands below it.',
    },
    { name: 'Attempts', description: 'How often the job was handed out to a scanner.' },
    {
      name: 'Held by',
      description: 'The name of the scanner that works on it now; the beginning of its id while names cannot be read.',
    },
    { name: 'Ended', description: 'When it was done, failed for good or was cancelled.' },
  ],
  howTos: [
    {
      title: 'Find certificates that are about to expire',
      steps: [
        'Choose New scan, give it a name, and write one host:port a line.',
        'Leave tls ticked, and start the scan.',
        'Read the findings from the top: expired and expiring certificates come first.',
        'Take them along as CSV for whoever renews them.',
      ],
    },
    {
      title: 'Have a scan come again every night',
      steps: [
        'Choose New scan, fill it in, and choose By schedule.',
        'Choose Every night or write an expression of your own, such as `30 3 * * MON-FRI`, and the time zone it is meant in.',
        'Look at the three times shown below it: they are when it would come.',
        'Choose Make the schedule. Pause, run or delete it in the list; edit it on its own page.',
      ],
    },
    {
      title: 'Find out why a scheduled scan did not come',
      steps: [
        'Open the schedule and read its occurrences from the top.',
        'Skipped because the scan before still ran: open that scan and see why it takes so long, or cancel it.',
        'Caught up: the managers were down or the gate was closed at that time. Admin > Release says what closed it.',
        'No occurrence at all: see whether it is paused, and whether its time zone is the one you meant.',
      ],
    },
    {
      title: 'Find out why a scan does not move',
      steps: [
        'Open the scan and look at its jobs. All queued means that no scanner takes any.',
        'See on Admin > Scanners whether a scanner is online and inside the window. One outside is refused.',
        'A job that failed with `target_not_allowed` is for a network that no scanner may probe: add it to SCANNER_NETWORKS of one that should.',
      ],
    },
  ],
  gotchas: [
    'While the gate is closed the Scans pages answer with the reason instead of their content, no job is handed out and no schedule fires. What was due meanwhile is made up for by one scan.',
    'Where clocks change, a fixed time is kept once a day: one that does not exist comes as soon as the clocks have moved, one that comes twice fires the first time. `*/30` goes on through both hours.',
    'A day of month and a day of week in one expression mean either of them: `0 3 1 * MON` is the first and every Monday.',
    'Running a schedule now does not move its next time. While its scan before still runs it is refused.',
    'A schedule that is resumed does not make up for what it missed while it was paused. Deleting one leaves its scans.',
    'A scanner probes only networks in its allow-list, private and loopback ranges unless told otherwise. A job it refuses goes to another scanner.',
    'Cancelling ends the jobs that have not ended. What was found before stays.',
    'A target that several kinds probe counts as several jobs.',
  ],
  apiCalls: [
    { method: 'GET', path: '/api/scans', description: 'The scans, newest first.' },
    { method: 'POST', path: '/api/scans', description: 'Asks for a scan.' },
    { method: 'GET', path: '/api/scans/schedules', description: 'The schedules, by name.' },
    { method: 'POST', path: '/api/scans/schedules', description: 'Makes a schedule.' },
    {
      method: 'GET',
      path: '/api/scans/schedules/preview',
      description: 'The next three times of an expression; changes nothing.',
    },
    {
      method: 'GET',
      path: '/api/scans/schedules/{id}',
      description: 'One schedule, with what comes and what became of its latest occurrences.',
    },
    { method: 'PATCH', path: '/api/scans/schedules/{id}', description: 'Changes, pauses or resumes a schedule.' },
    { method: 'POST', path: '/api/scans/schedules/{id}/run', description: 'Makes a scan of it now.' },
    { method: 'DELETE', path: '/api/scans/schedules/{id}', description: 'Deletes a schedule.' },
    { method: 'GET', path: '/api/scans/{id}', description: 'One scan with a page of its jobs.' },
    { method: 'POST', path: '/api/scans/{id}/cancel', description: 'Cancels the jobs that have not ended.' },
    { method: 'GET', path: '/api/scans/{id}/findings', description: 'What a scan found, as JSON or CSV.' },
    { method: 'GET', path: '/api/findings', description: 'What was found at one target over time.' },
  ],
  related: [
    {
      page: 'scanners',
      title: 'Scanners',
      description: 'The programs that do the jobs: which of them are online, and which get none and why.',
    },
    {
      page: 'release',
      title: 'Release',
      description: 'Whether the gate is open: while it is closed no scan moves.',
    },
  ],
};
