import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What makes an engine and stand-ins for the public base images, on a machine that has neither and reaches no registry. */
const lab = resolve(process.env['DOCKER_LAB'] ?? '../shared/docker-lab');
const images = ['node:24-bookworm-slim', 'postgres:17'];

/** Before the container tests: an engine that answers, brought up where that can be done. Throws with what to do about it. */
export async function setup(): Promise<void> {
  if (await answers()) return;
  if (process.getuid?.() !== 0 || !existsSync(`${lab}/engine-up`))
    throw new Error(
      `the container tests need Docker with Compose: no engine answers, and ${lab} has nothing that brings one up (name another folder by DOCKER_LAB)`,
    );
  await run(`${lab}/engine-up`);
  await run(`${lab}/base-images`, images);
}

async function answers(): Promise<boolean> {
  return await run('docker', ['compose', 'version', '--short'])
    .then(async () => await run('docker', ['version']))
    .then(
      () => true,
      () => false,
    );
}
