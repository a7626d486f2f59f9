import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeScanner } from './suite.ts';

const command = process.env['SCANNER_COMMAND'] ?? `${process.execPath} src/main.ts scanner`;
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-conformance-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describeScanner(command, async ({ managerUrl, enrolmentToken, protocolVersion, stateKey }) => {
  const stateDir = join(folder, stateKey);
  mkdirSync(stateDir, { recursive: true });
  const [program = '', ...args] = command.split(' ');
  const child = spawn(program, args, {
    stdio: 'ignore',
    env: {
      ...process.env,
      SCANNER_MANAGER_URL: managerUrl,
      SCANNER_ENROLMENT_TOKEN: enrolmentToken,
      SCANNER_STATE_DIR: stateDir,
      SCANNER_PROTOCOL: String(protocolVersion),
    },
  });
  await once(child, 'spawn');
  return {
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
});
