import { defineDatabaseCheck } from '../check.ts';

const worthSayingMs = 2000;
const wrongMs = 30_000;

/** The clocks of this machine and of the database servers agree. */
export const clockSkew = defineDatabaseCheck({
  code: 'clock_skew',
  title: 'Clocks',
  about:
    'Leases, sessions and heartbeats are timed by the databases and read by the managers; the ledger and the bundles are put in order by their times. Preflight compares the clock of the machine it runs on with that of each server; it cannot see those of other machines.',
  look: async (database, { clock }) => {
    await database.greeting();
    const before = clock.now().getTime();
    const [row] = await database.read<{ now_ms: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::double precision as now_ms',
    );
    const after = clock.now().getTime();
    const server = row?.now_ms ?? Number.NaN;
    // Whatever lies between asking and being answered is no skew.
    const skewMs = server < before ? server - before : server > after ? server - after : 0;
    return { skewMs: Math.round(skewMs), size: Math.abs(skewMs) };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'they are half a minute or more apart',
      holds: ({ size }) => size >= wrongMs,
      message: ({ skewMs }, { name }) => sentence(name, skewMs),
      remedy: () => 'timedatectl set-ntp true',
    },
    {
      status: 'warn',
      when: 'they are 2 seconds or more apart',
      holds: ({ size }) => size >= worthSayingMs,
      message: ({ skewMs }, { name }) => sentence(name, skewMs),
      remedy: () => 'timedatectl set-ntp true',
    },
    {
      status: 'pass',
      when: 'they agree within 2 seconds',
      holds: () => true,
      message: ({ skewMs }, { name }) => sentence(name, skewMs),
    },
  ],
});

function sentence(name: string, skewMs: number): string {
  if (skewMs === 0) return `the clock of ${name} agrees with the one here`;
  return `the clock of ${name} is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs > 0 ? 'ahead of' : 'behind'} the one here`;
}
