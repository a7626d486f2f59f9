import { describe, expect, test } from 'vitest';
import { postures } from '../fixtures/postures.ts';
import { describeBars, planBars } from './census.ts';

describe('the bars of the fleet chart', () => {
  test('add up the binaries that speak one protocol version', () => {
    const { groups, window } = postures.allOk.scanners;
    expect(planBars(groups, window)).toEqual([
      { protocolVersion: 1, count: 5, online: 4, inWindow: true },
      { protocolVersion: 2, count: 17, online: 16, inWindow: true },
    ]);
  });

  test('show supported versions that nobody speaks', () => {
    expect(planBars([], { min: 2, max: 4 }).map((bar) => [bar.protocolVersion, bar.count])).toEqual([
      [2, 0],
      [3, 0],
      [4, 0],
    ]);
  });

  test('show a very wide window by its ends, not by a thousand empty bars', () => {
    expect(planBars([], { min: 1, max: 1000 })).toHaveLength(2);
  });

  test('are told in words, outsiders as such', () => {
    const { groups, window } = postures.bigFleet.scanners;
    const words = describeBars(planBars(groups, window), window);
    expect(words).toContain('Supported are versions 3 to 5.');
    expect(words).toContain('version 6: 12, 12 of them online, outside the window');
  });
});
