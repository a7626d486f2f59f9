import { setTimeout as delay } from 'node:timers/promises';
import type { Site } from '../testkit/site.ts';
import type { TestChild } from '../testkit/child.ts';
import type { KillableCluster } from './cluster.ts';

/** A part that can be killed and started again. */
export interface Victim {
  readonly name: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** The manager, Postgres and the scanners; a process that ended by itself is told as a fault. */
export async function startVictims(
  parts: { readonly site: Site; readonly cluster: KillableCluster; readonly scanners: readonly string[] },
  onFault: (fault: string) => void,
): Promise<readonly Victim[]> {
  const { site, cluster, scanners } = parts;
  const child = async (name: string, start: () => TestChild | Promise<TestChild>): Promise<Victim> => {
    let current = await start();
    return {
      name,
      kill: async () => {
        const { exitCode, signalCode } = current.process;
        if (exitCode !== null || signalCode !== null)
          onFault(`${name} ended by itself (${signalCode ?? exitCode}): ${current.stderr().slice(-1000)}`);
        await current.end('SIGKILL');
      },
      start: async () => {
        current = await start();
      },
    };
  };
  const manager = await child('manager', async () => await site.startManager());
  // A scanner that is killed before it has written down its credential needs another use of the token.
  const enrolmentToken = await site.enrolmentToken(10 * scanners.length);
  const others = await Promise.all(
    scanners.map(
      async (name, index) =>
        await child(name, () => site.startScanner({ name, protocolVersion: 1 + (index % 2), enrolmentToken })),
    ),
  );
  const postgres: Victim = {
    name: 'postgres',
    kill: async () => {
      await cluster.kill();
    },
    start: async () => {
      await cluster.start();
    },
  };
  return [manager, postgres, ...others];
}

export interface Havoc {
  readonly victims: readonly Victim[];
  readonly random: () => number;
  readonly durationMs: number;
  readonly say: (line: string) => void;
}

const longestDownMs = 2500;
const longestPeaceMs = 3500;

/** Kills at random until the time is over, one part or two at once; leaves all of them running. Gives the kills by victim. */
export async function wreakHavoc({ victims, random, durationMs, say }: Havoc): Promise<Record<string, number>> {
  const kills: Record<string, number> = {};
  const strike = async (victim: Victim, downMs: number): Promise<void> => {
    kills[victim.name] = (kills[victim.name] ?? 0) + 1;
    await victim.kill();
    await delay(downMs);
    await victim.start();
  };
  for (const end = Date.now() + durationMs; Date.now() < end;) {
    await delay(random() * longestPeaceMs);
    const count = random() < 0.3 ? 2 : 1;
    const order = victims.map((victim) => ({ victim, key: random() })).sort((left, right) => left.key - right.key);
    const chosen = order.slice(0, count).map(({ victim }) => ({ victim, downMs: random() * longestDownMs }));
    say(
      `kill -9 ${chosen.map(({ victim, downMs }) => `${victim.name} (down ${Math.round(downMs)} ms)`).join(' and ')}`,
    );
    await Promise.all(chosen.map(async ({ victim, downMs }) => await strike(victim, downMs)));
  }
  return kills;
}
