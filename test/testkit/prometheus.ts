import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scratchFolder } from './scratch-folder.ts';
import { waitFor } from './wait-for.ts';

/** A Prometheus server of the system's packages. */
export interface Prometheus extends AsyncDisposable {
  /** An answer of its HTTP API, as in `/api/v1/targets`. */
  ask(path: string): Promise<unknown>;
}

const folder = '/usr/bin';

/** Runs promtool; gives what it said on both streams, and how it ended. */
export async function promtool(args: readonly string[], input = ''): Promise<{ code: number; said: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; said: string }>();
  const child = execFile(programOf('promtool'), args, { maxBuffer: 10_000_000 }, (error, stdout, stderr) => {
    resolve({ code: error === null ? 0 : Number(error.code ?? 1), said: `${stdout}${stderr}` });
  });
  child.stdin?.on('error', () => undefined).end(input);
  return await promise;
}

/** Starts a server on a port of its own that scrapes these addresses every second, each a job by its name. */
export async function startPrometheus(addresses: Readonly<Record<string, string>>): Promise<Prometheus> {
  const program = programOf('prometheus');
  const scratch = await scratchFolder();
  const config = join(scratch.path, 'prometheus.json');
  const jobs = Object.entries(addresses).map(([name, address]) => ({
    job_name: name,
    static_configs: [{ targets: [address] }],
  }));
  // YAML is what it reads, and every JSON is YAML.
  const global = { scrape_interval: '1s', scrape_timeout: '1s' };
  await writeFile(config, JSON.stringify({ global, scrape_configs: jobs }));
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(scratch.path, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  child.once('close', () => resolve());
  const address = await waitFor(() => /msg="Listening on" address=(\S+)/.exec(said)?.[1], {
    what: `Prometheus to listen; it said: ${said}`,
    timeoutMs: 60_000,
  });
  return {
    ask: async (path) => (await fetch(`http://${address}${path}`)).json(),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await gone;
      await scratch[Symbol.asyncDispose]();
    },
  };
}

function programOf(name: string): string {
  const path = join(folder, name);
  if (!existsSync(path)) throw new Error('install it: apt-get install --no-install-recommends prometheus');
  return path;
}
