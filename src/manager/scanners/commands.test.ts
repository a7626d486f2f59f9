import { expect, test } from 'vitest';
import { enrolmentCommands } from './commands.ts';

test('a token comes with the command for each way of running a scanner, whole and ready to paste', () => {
  expect(enrolmentCommands({ managerUrl: 'https://m.example', token: 'ple_x', appVersion: '1.4.0' })).toEqual({
    command: 'SCANNER_MANAGER_URL=https://m.example SCANNER_ENROLMENT_TOKEN=ple_x plimsoll scanner',
    commands: {
      npx: 'SCANNER_MANAGER_URL=https://m.example SCANNER_ENROLMENT_TOKEN=ple_x npx plimsoll scanner',
      docker:
        'docker run -d --name plimsoll-scanner --restart unless-stopped --no-healthcheck ' +
        '-v plimsoll-scanner:/var/lib/plimsoll -e SCANNER_MANAGER_URL=https://m.example ' +
        '-e SCANNER_ENROLMENT_TOKEN=ple_x plimsoll:1.4.0 scanner',
      executable: 'SCANNER_MANAGER_URL=https://m.example SCANNER_ENROLMENT_TOKEN=ple_x ./plimsoll-scanner',
    },
  });
});
