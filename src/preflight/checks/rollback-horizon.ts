import semver from 'semver';
import { databaseNames, type DatabaseName } from '../../contract/index.ts';
import { defineCheck } from '../check.ts';
import type { PreflightContext } from '../context.ts';
import { describeHorizon, horizonOf, type Horizon, type HorizonDatabase } from '../horizon.ts';
import { takeBundle } from './backup-exists.ts';

/** How far back one can go without a restore, before and after the upgrade. */
export const rollbackHorizon = defineCheck({
  code: 'rollback_horizon',
  title: 'The way back',
  about:
    'Every migration declares the oldest schema version whose software still runs after it. From all that is applied and all that is pending follows to which release you can go back by starting its image, without restoring anything.',
  look: async (context) => {
    const [horizon, installed] = await Promise.all([readHorizon(context), installedReleases(context)]);
    return { horizon, installed, target: context.manifest.appVersion };
  },
  outcomes: [
    {
      status: 'warn',
      when: 'the release that is installed now will not run after the pending migrations: the only way back is a restore',
      holds: ({ horizon, installed }) => isCutOff(horizon, installed),
      message: ({ horizon, target }) => describeHorizon(horizon, target),
      remedy: takeBundle,
    },
    {
      status: 'pass',
      when: 'the release that is installed now will still run afterwards',
      holds: () => true,
      message: ({ horizon, target }) => describeHorizon(horizon, target),
    },
  ],
});

function isCutOff({ after, movedBy }: Horizon, installed: readonly string[]): boolean {
  return movedBy !== null && after !== null && installed.some((version) => semver.lt(version, after));
}

async function installedReleases({ databases }: PreflightContext): Promise<readonly string[]> {
  const newest = await Promise.all(
    databaseNames.map(async (name) => (await databases[name].greeting()).ledger.rows.at(-1)?.appVersion ?? ''),
  );
  return newest.filter((version) => semver.valid(version) !== null);
}

async function readHorizon({ databases, manifest }: PreflightContext): Promise<Horizon> {
  const one = async (name: DatabaseName): Promise<[DatabaseName, HorizonDatabase]> => {
    const [{ ledger }, pending] = await Promise.all([databases[name].greeting(), databases[name].pending()]);
    const applied = ledger.rows.filter(({ finishedAt }) => finishedAt !== null);
    return [
      name,
      { applied, pending: pending.map((step) => Object.assign({ appVersion: manifest.appVersion }, step)) },
    ];
  };
  return horizonOf(
    Object.fromEntries(await Promise.all(databaseNames.map(one))) as Record<DatabaseName, HorizonDatabase>,
  );
}
