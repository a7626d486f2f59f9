import { expect, test } from 'vitest';
import { createMeter } from './meter.ts';
import { isOpenMetricsWanted } from './open-metrics.ts';

const table = {
  sails_total: { type: 'counter', help: 'Sails set.', labels: { kind: 'which' } },
  depth_meters: { type: 'gauge', help: 'Below the keel.' },
} as const;

test.each([
  ['nothing', undefined, false],
  ['a browser', 'text/html,application/xhtml+xml,*/*;q=0.8', false],
  ['curl', '*/*', false],
  [
    'Prometheus',
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    true,
  ],
  ['one that likes plain text better', 'application/openmetrics-text;q=0.2, text/plain', false],
  ['one that refuses it', 'application/openmetrics-text;q=0', false],
])('%s is answered in the form it asks for', (_who, accept, wanted) => {
  expect(isOpenMetricsWanted(accept)).toBe(wanted);
});

test('OpenMetrics describes counters without their suffix, and ends with its mark', async () => {
  const meter = createMeter(table);
  meter.counter('sails_total').inc({ kind: 'jib' });
  const { text, contentType } = await meter.read('application/openmetrics-text');
  expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(text.split('\n').filter((line) => line.includes('sails'))).toEqual([
    '# HELP sails Sails set.',
    '# TYPE sails counter',
    'sails_total{kind="jib"} 1',
  ]);
  expect(text).toMatch(/\n# EOF\n$/);
  expect(text).not.toContain('\n\n');
});

test('an answer in one form leaves the next one in the other form as it was', async () => {
  const meter = createMeter(table);
  meter.counter('sails_total').inc({ kind: 'jib' });
  const before = (await meter.read(undefined)).text;
  await meter.read('application/openmetrics-text');
  const names = (text: string): string[] => text.split('\n').filter((line) => line.includes('sails'));
  expect(names((await meter.read('text/plain')).text)).toEqual(names(before));
  expect(before).toContain('# TYPE sails_total counter');
});

test('a gauge is absent while nothing is known, and gone again when it is no longer', async () => {
  const meter = createMeter(table);
  let known: number | undefined;
  meter.sample('depth_meters', () => (known === undefined ? [] : [{ labels: {}, value: known }]));
  const depth = async (): Promise<string | undefined> =>
    (await meter.read(undefined)).text.split('\n').find((line) => line.startsWith('depth_meters'));
  expect(await depth()).toBeUndefined();
  known = 0;
  expect(await depth()).toBe('depth_meters 0');
  known = undefined;
  expect(await depth()).toBeUndefined();
});
