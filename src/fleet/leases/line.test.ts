import { expect, test } from 'vitest';
import { createLine } from './line.ts';

function asker(facts: { waitMs?: number; signal?: AbortSignal } = {}) {
  return {
    scannerId: 'a',
    protocolVersion: 2,
    max: 3,
    waitMs: facts.waitMs ?? 60_000,
    signal: facts.signal ?? new AbortController().signal,
  };
}

test('whoever waits in vain is let go without jobs', async () => {
  const line = createLine();
  const waiting = line.join(asker({ waitMs: 1 }));
  line.endRound(line.places());
  await expect(waiting).resolves.toEqual([]);
  expect(line.length).toBe(0);
});

test('whoever will not wait at all is let go only after the queue was looked at', async () => {
  const line = createLine();
  const waiting = line.join(asker({ waitMs: 0 }));
  await new Promise((resolve) => {
    setTimeout(resolve, 5);
  });
  expect(line.length).toBe(1);
  line.endRound(line.places());
  await expect(waiting).resolves.toEqual([]);
});

test('a scanner that hangs up leaves the line', async () => {
  const line = createLine();
  const abort = new AbortController();
  const waiting = line.join(asker({ signal: abort.signal }));
  expect(line.demand()).toBe(3);
  abort.abort();
  await expect(waiting).resolves.toEqual([]);
  expect(line.demand()).toBe(0);
});

test('a wait that ends while jobs are being leased is answered by what comes of that', async () => {
  const line = createLine();
  const abort = new AbortController();
  const waiting = line.join(asker({ signal: abort.signal }));
  const [place] = line.places();
  if (place === undefined) throw new Error('nobody in the line');
  line.takeOut(place);
  abort.abort();
  line.putBack(place);
  await expect(waiting).resolves.toEqual([]);
  expect(line.length).toBe(0);
});

test('whoever got nothing goes back to the head of the line', () => {
  const line = createLine();
  void line.join(asker());
  void line.join(asker());
  const [first] = line.places();
  if (first === undefined) throw new Error('nobody in the line');
  line.takeOut(first);
  line.putBack(first);
  expect(line.places()[0]).toBe(first);
  line.dismiss();
});
