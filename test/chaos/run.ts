import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../src/postgres/index.ts';
import { scratchFolder } from '../testkit/scratch-folder.ts';
import { seeded } from '../testkit/seeded.ts';
import { openSite } from '../testkit/site.ts';
import { waitFor } from '../testkit/wait-for.ts';
import { countOpenJobs, takeAccount, type Account } from './account.ts';
import { startKillableCluster, type KillableCluster } from './cluster.ts';
import { startLoad, startTarget } from './load.ts';
import { startVictims, wreakHavoc } from './victims.ts';

export interface ChaosOptions {
  /** Determines who is killed when; what the machine makes of it differs from run to run. */
  readonly seed: number;
  readonly durationMs: number;
  /** After the kills the clock of leases and retries is moved on, in place of waiting for it. */
  readonly hurry: boolean;
  readonly say: (line: string) => void;
}

export interface ChaosReport extends Account {
  readonly kills: Readonly<Record<string, number>>;
  readonly scans: number;
  readonly unanswered: number;
  /** From the last kill until the last job had ended. */
  readonly settledMs: number;
}

const scanners = ['scanner-1', 'scanner-2', 'scanner-3'];
const settleTimeoutMs = 600_000;
/** Three times the longest pause that a scanner makes between two tries to deliver. */
const deliveryTimeoutMs = 180_000;

/** Kills the manager, the scanners and Postgres under load, lets the work end, and gives an account of every job. */
export async function runChaos({ seed, durationMs, hurry, say }: ChaosOptions): Promise<ChaosReport> {
  const random = seeded(seed);
  const faults: string[] = [];
  await using folder = await scratchFolder();
  await using cluster = await startKillableCluster(folder.path);
  await using target = await startTarget(Math.random);
  await using site = await openSite({ urls: cluster.urls, folder: folder.path });
  const victims = await startVictims({ site, cluster, scanners }, (fault) => faults.push(fault));
  const load = startLoad(site, target.port);
  const kills = await wreakHavoc({ victims, random, durationMs, say });
  await load.stop();
  const databases = openDatabases(cluster);
  try {
    const settled = performance.now();
    await settle(databases.jobs, { hurry, say });
    await waitFor(async () => (await spooled(folder.path)) === 0, {
      what: 'the spools to empty',
      timeoutMs: deliveryTimeoutMs,
    });
    const account = await takeAccount(databases, load.acknowledged);
    return {
      ...account,
      kills,
      scans: load.acknowledged.size,
      unanswered: load.unanswered(),
      settledMs: performance.now() - settled,
      faults: [...faults, ...account.faults],
    };
  } finally {
    await Promise.all([databases.jobs.close(), databases.results.close()]);
  }
}

/** Waits until no job is open. */
async function settle(jobs: Database, { hurry, say }: Pick<ChaosOptions, 'hurry' | 'say'>): Promise<void> {
  let told = -1;
  const ended = async (): Promise<boolean> => {
    const open = await countOpenJobs(jobs);
    if (open !== told) say(`${open} jobs are open`);
    told = open;
    if (open > 0 && hurry) await moveClock(jobs);
    return open === 0;
  };
  await waitFor(ended, { what: 'every job to end', timeoutMs: settleTimeoutMs, everyMs: 1000 });
}

/** Ten seconds pass for leases, a minute for those who wait for another attempt and for managers that died with jobs. */
async function moveClock(jobs: Database): Promise<void> {
  await jobs.query(`update leases set expires_at = expires_at - interval '10 seconds' where ended_at is null`);
  await jobs.query(
    `update leases set ended_at = ended_at - interval '1 minute' where outcome = 'refused' and ended_at > now() - interval '1 minute'`,
  );
  await jobs.query(
    `update pgboss.job set start_after = start_after - interval '1 minute' where state = 'retry' and start_after > now()`,
  );
  await jobs.query(
    `update pgboss.job j set started_on = started_on - interval '10 seconds' where state = 'active'
        and not exists (select from leases l where l.job_id = j.id and l.ended_at is null)`,
  );
}

async function spooled(folder: string): Promise<number> {
  const files = await Promise.all(scanners.map(async (name) => await readdir(join(folder, name, 'spool'))));
  return files.flat().filter((name) => name.endsWith('.result')).length;
}

function openDatabases({ urls }: KillableCluster): { readonly jobs: Database; readonly results: Database } {
  const open = (name: 'jobs' | 'results'): Database =>
    openDatabase({
      name,
      url: urls[name],
      applicationName: 'chaos',
      connectTimeoutMs: 10_000,
      statementTimeoutMs: 60_000,
      max: 2,
    });
  return { jobs: open('jobs'), results: open('results') };
}
