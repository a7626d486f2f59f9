import { countText } from '../../base/index.ts';
import { isInWindow } from '../../fleet/index.ts';
import { defineCheck } from '../check.ts';
import { readWorkInHand } from '../fleet-facts.ts';

/** What scanners are working on now. */
export const jobsInFlight = defineCheck({
  code: 'jobs_in_flight',
  title: 'Jobs in flight',
  about:
    'Jobs that scanners hold when the managers stop are let finish if they return in time, and go to another scanner otherwise: none is lost, none is recorded twice. Those of scanners that drop out are likely to be done a second time.',
  look: async ({ databases: { jobs }, manifest: { scannerProtocol } }) => {
    const { leased } = await readWorkInHand(jobs);
    const sum = (groups: typeof leased): number => groups.reduce((total, { count }) => total + count, 0);
    const outside = leased.filter(({ protocolVersion }) => !isInWindow(scannerProtocol, protocolVersion));
    return { total: sum(leased), outside: sum(outside) };
  },
  outcomes: [
    {
      status: 'warn',
      when: 'scanners that drop out hold jobs',
      holds: ({ outside }) => outside > 0,
      message: ({ total, outside }) =>
        `${outside} of ${countText(total, 'job')} in flight ${outside === 1 ? 'is' : 'are'} with scanners outside the new window, and may be done twice`,
      remedy: () => 'Wait until they have finished, or upgrade these scanners first.',
    },
    {
      status: 'pass',
      when: 'no job is in flight, or all are with scanners within the new window',
      holds: () => true,
      message: ({ total }) =>
        total === 0
          ? 'no job is in flight'
          : `${countText(total, 'job')} in flight, all with scanners within the new window`,
    },
  ],
});
