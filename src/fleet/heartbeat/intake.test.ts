import { expect, test } from 'vitest';
import { mergeBeat } from './intake.ts';

const beat = { scannerId: 'a', binaryVersion: '1.0.0', protocolVersion: 1, inWindow: true, nextSeconds: 10 };

function instancesSeen(...instances: (string | null)[]) {
  let merged: ReturnType<typeof mergeBeat> | undefined;
  for (const instanceId of instances) merged = mergeBeat(merged, { ...beat, instanceId });
  return merged;
}

test.each([
  [['first'], null, false],
  [['first', 'first'], null, false],
  [['first', 'second'], 'first', false],
  [['first', 'second', 'second'], 'first', false],
  [['first', 'second', 'first'], 'second', true],
  [['first', null], null, false],
])('instances %j within one batch: earlier %s, took turns %s', (instances, earlierInstanceId, tookTurns) => {
  expect(instancesSeen(...instances)).toMatchObject({ earlierInstanceId, tookTurns });
});

test('the newest heartbeat of a batch is the one that is kept', () => {
  const merged = mergeBeat(
    { ...beat, instanceId: null, earlierInstanceId: null, tookTurns: false },
    {
      ...beat,
      binaryVersion: '1.1.0',
      protocolVersion: 2,
      instanceId: null,
    },
  );
  expect(merged).toMatchObject({ binaryVersion: '1.1.0', protocolVersion: 2 });
});
