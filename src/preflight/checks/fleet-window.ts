import { countText, listText } from '../../base/index.ts';
import { defineCheck } from '../check.ts';
import { readFleet } from '../fleet-facts.ts';

/** Which scanners drop out when the release's protocol window comes. */
export const fleetWindow = defineCheck({
  code: 'fleet_window',
  title: 'Scanners in the new window',
  about:
    'A scanner that speaks a protocol version outside the window of the new release gets no jobs from it until it is upgraded too. The window judged here is that of the release to come, not that of the managers that run now.',
  look: async ({ databases: { config }, manifest: { scannerProtocol } }) => {
    await config.greeting();
    const fleet = await readFleet(config, scannerProtocol);
    return { ...fleet, window: windowText(scannerProtocol), outside: fleet.groups.filter(({ inWindow }) => !inWindow) };
  },
  outcomes: [
    {
      status: 'pass',
      when: 'no scanner is enrolled',
      holds: ({ total }) => total === 0,
      message: () => 'no scanner is enrolled yet',
    },
    {
      status: 'fail',
      when: 'every scanner drops out: nobody would be left to work',
      holds: ({ inWindow }) => inWindow === 0,
      message: ({ total, window, outside }) =>
        `all of ${countText(total, 'scanner')} drop out: this release speaks ${window}, they speak ${groupsText(outside)}`,
      remedy: () => 'Upgrade the scanners first, or install a release between.',
    },
    {
      status: 'warn',
      when: 'some scanners drop out',
      holds: ({ outsideWindow }) => outsideWindow > 0,
      message: ({ total, outsideWindow, outsideAsleep, window, outside }) =>
        `${outsideWindow} of ${countText(total, 'scanner')} ${outsideWindow === 1 ? 'drops' : 'drop'} out of ${window}: ${groupsText(outside)}; ${outsideAsleep} of them ${outsideAsleep === 1 ? 'is' : 'are'} not online now`,
      remedy: () => 'Upgrade these scanners, before or right after the managers.',
    },
    {
      status: 'pass',
      when: 'every scanner speaks a version within it',
      holds: () => true,
      message: ({ total, window }) =>
        `${total === 1 ? 'the one scanner is' : `all ${total} scanners are`} within ${window}`,
    },
  ],
});

function windowText({ min, max }: { readonly min: number; readonly max: number }): string {
  return min === max ? `protocol ${min}` : `protocol ${min} to ${max}`;
}

function groupsText(
  groups: readonly { readonly count: number; readonly binaryVersion: string; readonly protocolVersion: number }[],
): string {
  return listText(
    groups.map(
      ({ count, binaryVersion, protocolVersion }) => `${count} × ${binaryVersion} (protocol ${protocolVersion})`,
    ),
    5,
  );
}
