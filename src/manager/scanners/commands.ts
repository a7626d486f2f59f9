import type { MadeEnrolmentToken } from '../../contract/index.ts';

export interface EnrolmentFacts {
  /** Where the scanner reaches this manager. */
  readonly managerUrl: string;
  readonly token: string;
  /** Of this release, which is the tag of its image. */
  readonly appVersion: string;
}

/** The image's folder for what has to stay; its user may write there. */
const stateDir = '/var/lib/plimsoll';

/** What to type on the machine of a new scanner, for each way of running one. */
export function enrolmentCommands({
  managerUrl,
  token,
  appVersion,
}: EnrolmentFacts): Pick<MadeEnrolmentToken, 'command' | 'commands'> {
  const settings = [`SCANNER_MANAGER_URL=${managerUrl}`, `SCANNER_ENROLMENT_TOKEN=${token}`];
  const typed = (program: string): string => [...settings, program].join(' ');
  const volume = `-v plimsoll-scanner:${stateDir}`;
  const environment = settings.map((setting) => `-e ${setting}`).join(' ');
  return {
    command: typed('plimsoll scanner'),
    commands: {
      npx: typed('npx plimsoll scanner'),
      docker: `docker run -d --name plimsoll-scanner --restart unless-stopped --no-healthcheck ${volume} ${environment} plimsoll:${appVersion} scanner`,
      executable: typed('./plimsoll-scanner'),
    },
  };
}
