import { expect, test } from 'vitest';
import { useTracer } from '../base/index.ts';
import { jsonLog } from './log.ts';

function logAt(level: string) {
  const lines: string[] = [];
  const log = jsonLog(
    level,
    (line) => lines.push(line),
    () => new Date('2026-05-01T00:00:00Z'),
  );
  return { log, lines };
}

test('each line is JSON in the form of the manager’s log, and quieter ones are left out', () => {
  const { log, lines } = logAt('warn');
  log.info({}, 'routine');
  log.warn({ jobId: 'j' }, 'odd\nthing');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { level: 'warn', time: '2026-05-01T00:00:00.000Z', program: 'scanner', jobId: 'j', msg: 'odd\nthing' },
  ]);
});

test('a line that was written in a trace names it', () => {
  const { log, lines } = logAt('info');
  useTracer({
    open: () => ({ set: () => undefined, within: (work) => work(), end: () => undefined }),
    current: () => ({ traceId: 't', spanId: 's', traceparent: '00-t-s-01' }),
  });
  try {
    log.info({}, 'in a trace');
  } finally {
    useTracer(undefined);
  }
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ traceId: 't', spanId: 's', msg: 'in a trace' });
});
