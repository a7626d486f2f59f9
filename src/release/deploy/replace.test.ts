import { expect, test } from 'vitest';
import { nextMove, type ManagerInstance } from './replace.ts';

/** `o` of another image, `n` of the new one; capital when ready. */
function managersOf(sketch: string): ManagerInstance[] {
  return Array.from(sketch).map((letter, index) => ({
    id: `${letter}${index}`,
    imageId: letter.toLowerCase(),
    ready: letter !== letter.toLowerCase(),
  }));
}

function moveText(sketch: string, wanted: number): string {
  const next = nextMove(managersOf(sketch), 'n', wanted);
  return 'instance' in next ? `${next.move} ${next.instance.id}` : next.move;
}

test.each([
  ['OO', 2, 'start'],
  ['OOn', 2, 'wait n2'],
  ['OON', 2, 'stop O0'],
  ['OoN', 2, 'stop o1'],
  ['ON', 2, 'start'],
  ['ONn', 2, 'wait n2'],
  ['NN', 2, 'done'],
  ['NNN', 2, 'stop N2'],
  ['N', 2, 'start'],
  ['', 2, 'start'],
  ['OOO', 2, 'stop O0'],
  ['o', 1, 'start'],
  ['oN', 1, 'stop o0'],
  ['n', 1, 'wait n0'],
])('of %j with %i wanted: %s', (sketch, wanted, move) => {
  expect(moveText(sketch, wanted)).toBe(move);
});

test.each([1, 2, 3, 5])(
  '%i managers are replaced with never fewer ready ones, and never more than one too many',
  (wanted) => {
    let managers = managersOf('O'.repeat(wanted));
    for (let count = 0; ; count += 1) {
      expect(count).toBeLessThan(10 * wanted);
      expect(managers.length).toBeLessThanOrEqual(wanted + 1);
      expect(managers.filter(({ ready }) => ready).length).toBeGreaterThanOrEqual(wanted);
      const next = nextMove(managers, 'n', wanted);
      if (next.move === 'done') break;
      if (next.move === 'start') managers = managers.concat({ id: `n${count}`, imageId: 'n', ready: false });
      else if (next.move === 'wait') managers = managers.map((manager) => ({ ...manager, ready: true }));
      else managers = managers.filter(({ id }) => id !== next.instance.id);
    }
    expect(managers.map(({ imageId }) => imageId)).toEqual(Array.from({ length: wanted }, () => 'n'));
  },
);
