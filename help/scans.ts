import type { HelpPage } from './types.ts';

/** Help for Scans. Commands stand between backticks. */
export const scansHelp: HelpPage = {
  page: 'scans',
  title: 'Scans',
  intro:
    'What was asked to be scanned, how far each scan is, and what it found, certificates about to expire first. A scan is one job for each target and kind of probe; scanners inside the protocol window take the jobs and report back. The pages keep themselves up to date while they are open.',
  fields: [
    { name: 'Scans', description: 'Every scan that was asked for, newest first, fifty to a page.' },
    { name: 'Name', description: 'What the scan was called by whoever asked for it. It leads to the scan itself.' },
    {
      name: 'Progress',
      description:
        'How many of its jobs have ended, and how the scan stands as a whole; on the page of a scan, its jobs by how they stand. Jobs that wait for another attempt count as queued.',
    },
    { name: 'Requested', description: 'When the scan was asked for, and by whom.' },
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
    { name: 'Seen', description: 'When the scanner reported it.' },
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
      description: 'The beginning of the id of the scanner that works on it now. Admin > Scanners has the whole id.',
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
      title: 'Find out why a scan does not move',
      steps: [
        'Open the scan and look at its jobs. All queued means that no scanner takes any.',
        'See on Admin > Scanners whether a scanner is online and inside the window. One outside is refused.',
        'A job that failed with `target_not_allowed` is for a network that no scanner may probe: add it to SCANNER_NETWORKS of one that should.',
      ],
    },
  ],
  gotchas: [
    'While the gate is closed the Scans pages answer with the reason instead of their content, and no job is handed out.',
    'A scanner probes only networks in its allow-list, private and loopback ranges unless told otherwise. A job it refuses goes to another scanner.',
    'Cancelling ends the jobs that have not ended. What was found before stays.',
    'A target that several kinds probe counts as several jobs.',
  ],
  apiCalls: [
    { method: 'GET', path: '/api/scans', description: 'The scans, newest first.' },
    { method: 'POST', path: '/api/scans', description: 'Asks for a scan.' },
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
