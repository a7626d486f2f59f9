import { expect, test } from 'vitest';
import { waitFor } from '../../test/testkit/wait-for.ts';
import type { Part } from './part.ts';
import { Supervised } from './supervisor.ts';

interface FakePart extends Part {
  die(exitCode?: number): void;
}

function fakePart(pid: number): FakePart {
  const { promise: gone, resolve } = Promise.withResolvers<number | null>();
  const die = (exitCode: number | null = null): void => resolve(exitCode);
  return { pid, gone, die, stop: async () => die() };
}

function parts() {
  const started: FakePart[] = [];
  const failures: Error[] = [];
  const published: number[] = [];
  const lines: string[] = [];
  const start = async (): Promise<FakePart> => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    const part = fakePart(started.length + 2);
    started.push(part);
    return part;
  };
  const first = fakePart(1);
  const onStarted = async (part: Part): Promise<void> => void published.push(part.pid);
  const options = { name: 'the clock', first, start, onStarted, report: (line: string) => void lines.push(line) };
  return { options, first, started, failures, published, lines };
}

test('a part that ends is started again and its new process id is published', async () => {
  const { options, first, started, published, lines } = parts();
  const supervised = await Supervised.start(options);
  first.die();
  await waitFor(() => published.length === 2, { what: 'the second start' });
  started[0]?.die();
  await waitFor(() => published.length === 3, { what: 'the third start' });
  expect(published).toEqual([1, 2, 3]);
  expect(lines[0]).toBe('the clock (process 1) ended unexpectedly; starting it again');
  await supervised.stop();
});

test('a restart that fails is tried again, and told once', async () => {
  const { options, first, failures, published, lines } = parts();
  failures.push(new Error('no springs'), new Error('no springs'));
  const supervised = await Supervised.start(options);
  first.die();
  await waitFor(() => published.length === 2, { what: 'the start after the failure' });
  const told = 'the clock could not be started again, and is being retried: no springs';
  expect(lines.filter((line) => line === told)).toHaveLength(1);
  await supervised.stop();
});

test('a stopped part is not started again, not even when the stop comes during the pause', async () => {
  const { options, first, started } = parts();
  const supervised = await Supervised.start(options);
  first.die();
  await supervised.stop();
  expect(started).toEqual([]);
  await supervised.stop();
});

test('a part that is given up is not started again, which is told once', async () => {
  const { options, first, started, lines } = parts();
  const giveUp = async (exitCode: number | null) => (exitCode === 3 ? 'the clock is broken' : undefined);
  const supervised = await Supervised.start({ ...options, giveUp });
  first.die();
  await waitFor(() => started.length === 1, { what: 'the second start' });
  started[0]?.die(3);
  await waitFor(() => lines.includes('the clock is broken'), { what: 'the giving up' });
  await supervised.stop();
  expect(started).toHaveLength(1);
  expect(lines.filter((line) => line === 'the clock is broken')).toHaveLength(1);
});

test('a part whose start cannot be published is stopped', async () => {
  const { options, first } = parts();
  const onStarted = async (): Promise<void> => {
    throw new Error('disk full');
  };
  await expect(Supervised.start({ ...options, onStarted })).rejects.toThrow('disk full');
  await first.gone;
});
