import { countText, spanText } from '../../base/index.ts';
import { defineCheck } from '../check.ts';
import { readFleet, readWorkInHand } from '../fleet-facts.ts';

/** Whether the jobs that wait would have anybody to do them. */
export const queuedJobs = defineCheck({
  code: 'queued_jobs',
  title: 'Queued jobs keep their scanners',
  about:
    'Jobs wait in the queue through an upgrade. They are done by scanners within the window of the new release; without one of them online they wait on.',
  look: async ({ databases: { config, jobs }, manifest }) => {
    const [fleet, work] = await Promise.all([readFleet(config, manifest.scannerProtocol), readWorkInHand(jobs)]);
    const within = fleet.groups.filter(({ inWindow }) => inWindow);
    const outside = fleet.groups.filter(({ inWindow }) => !inWindow);
    return { ...work, able: sumOnline(within), lost: sumOnline(outside) };
  },
  outcomes: [
    {
      status: 'pass',
      when: 'no job waits',
      holds: ({ queued }) => queued === 0,
      message: () => 'no job is waiting',
    },
    {
      status: 'warn',
      when: 'jobs wait, and no scanner that is online is within the new window',
      holds: ({ able }) => able === 0,
      message: ({ queued, oldestSeconds, lost }) =>
        `${countText(queued, 'queued job')} would have nobody: of ${countText(lost, 'scanner')} online none is within the new window; the oldest job has waited ${spanText(oldestSeconds)}`,
      remedy: () => 'Upgrade or start a scanner that speaks the protocol of the new release.',
    },
    {
      status: 'pass',
      when: 'jobs wait, and scanners within the new window are online',
      holds: () => true,
      message: ({ queued, able }) =>
        `${countText(queued, 'queued job')} ${queued === 1 ? 'has' : 'have'} ${countText(able, 'online scanner')} within the new window`,
    },
  ],
});

function sumOnline(groups: readonly { readonly online: number }[]): number {
  return groups.reduce((sum, { online }) => sum + online, 0);
}
