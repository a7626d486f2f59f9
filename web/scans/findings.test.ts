import { describe, expect, test } from 'vitest';
import { httpFound, tcpFound, tlsFound } from '../fixtures/scans.ts';
import { certificateLook, describeFinding, scanLook } from './findings.ts';

describe('a finding in words', () => {
  test('an open port says how fast it answered', () => {
    expect(describeFinding(tcpFound)).toMatchObject({ look: { word: 'open' }, words: 'in 12 ms' });
  });
  test('a dead endpoint says what was met', () => {
    const error = { code: 'connection_refused', message: 'the connection was refused' };
    expect(describeFinding({ ...tcpFound, open: false, latencyMs: null, error })).toMatchObject({
      look: { word: 'fault', tone: 'bad' },
      words: 'the connection was refused (connection_refused)',
    });
  });
  test.each([
    [true, 'trusted'],
    [false, 'not trusted'],
    [null, 'trust unknown'],
  ])('a handshake whose trust is %s reads "%s"', (trusted, word) => {
    expect(describeFinding({ ...tlsFound, trusted })).toMatchObject({
      look: { word },
      words: 'TLSv1.3, TLS_AES_128_GCM_SHA256',
    });
  });
  test('an HTTP answer names its redirects and the headers it lacks', () => {
    expect(describeFinding(httpFound)).toMatchObject({
      look: { word: 'headers missing' },
      words: 'status 200, after 1 redirect, by nginx, without content-security-policy',
    });
  });
});

test.each([
  [-3, 'bad', 'expired 3 days ago'],
  [0, 'bad', 'expires today'],
  [14, 'bad', '14 days left'],
  [45, 'warn', '45 days left'],
  [46, 'plain', '46 days left'],
])('a certificate with %i days looks %s and says "%s"', (certificateDaysLeft, tone, word) => {
  expect(certificateLook({ certificateDaysLeft })).toMatchObject({ tone, word });
});

describe('a scan', () => {
  const none = { total: 9, queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
  test.each([
    ['running', { running: 1, queued: 3, failed: 2 }],
    ['queued', { queued: 3, failed: 2 }],
    ['ended, 2 failed', { failed: 2, cancelled: 1 }],
    ['cancelled', { done: 5, cancelled: 4 }],
    ['done', { done: 9 }],
  ])('is %s', (word, counts) => {
    expect(scanLook({ counts: { ...none, ...counts } }).word).toBe(word);
  });
});
