import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';
import { serveMetrics } from './metrics-server.ts';

const loopback = { host: '127.0.0.1', port: 0 };

test('the metrics show what the scanner did and how it stands', async () => {
  const now = () => new Date('2026-01-01T00:00:00Z');
  const metrics = createMetrics({ version: '1.2.3', protocolVersion: 2, now });
  metrics.watch(() => ({ running: 3, spooledResults: 2, spooledBytes: 700, inWindow: true }));
  metrics.jobEnded('tls', 'done', 0.2);
  metrics.called('lease', 'wait');
  await using server = await serveMetrics(metrics, loopback);
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'plimsoll_scanner_info{version="1.2.3",protocol="2"} 1',
      'plimsoll_scanner_jobs_total{kind="tls",outcome="done"} 1',
      'plimsoll_scanner_calls_total{call="lease",answer="wait"} 1',
      'plimsoll_scanner_jobs_running 3',
      'plimsoll_scanner_spooled_results 2',
      'plimsoll_scanner_spooled_bytes 700',
      'plimsoll_scanner_in_window 1',
      'plimsoll_scanner_last_contact_timestamp_seconds 1767225600',
    ]),
  );
});

test('there is nothing else to see', async () => {
  await using server = await serveMetrics(createMetrics({ version: '1.2.3', protocolVersion: 2 }), loopback);
  expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
});

test('what is not known yet is absent: standing and work before the enrolment, contact before an answer', async () => {
  const metrics = createMetrics({ version: '1.2.3', protocolVersion: 2 });
  metrics.called('enrol', 'unreachable');
  const { text } = await metrics.read(undefined);
  expect(text).not.toMatch(/^plimsoll_scanner_(in_window|last_contact|jobs_running|spooled)/m);
});
