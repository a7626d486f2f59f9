import type { ProtocolWindow, ScannerGroup } from '../../src/contract/index.ts';

/** All scanners that speak one protocol version. */
export interface ProtocolBar {
  readonly protocolVersion: number;
  readonly count: number;
  readonly online: number;
  readonly inWindow: boolean;
}

const widestWindow = 12;

/** One bar for each protocol version that is spoken or supported, ascending; a very wide window is shown by its ends. */
export function planBars(groups: readonly ScannerGroup[], window: ProtocolWindow): ProtocolBar[] {
  const versions = new Set([...windowVersions(window), ...groups.map((group) => group.protocolVersion)]);
  return [...versions]
    .sort((a, b) => a - b)
    .map((protocolVersion) => {
      const speakers = groups.filter((group) => group.protocolVersion === protocolVersion);
      return {
        protocolVersion,
        count: sum(speakers.map((group) => group.count)),
        online: sum(speakers.map((group) => group.online)),
        inWindow: protocolVersion >= window.min && protocolVersion <= window.max,
      };
    });
}

/** The chart in words, for those who cannot see it. */
export function describeBars(bars: readonly ProtocolBar[], window: ProtocolWindow): string {
  const parts = bars.map(
    (bar) =>
      `version ${bar.protocolVersion}: ${bar.count}, ${bar.online} of them online, ${bar.inWindow ? 'inside' : 'outside'} the window`,
  );
  return `Supported are versions ${window.min} to ${window.max}. Scanners by protocol version: ${parts.join('; ')}.`;
}

function windowVersions({ min, max }: ProtocolWindow): number[] {
  if (max - min >= widestWindow) return [min, max];
  return Array.from({ length: max - min + 1 }, (_, index) => min + index);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
