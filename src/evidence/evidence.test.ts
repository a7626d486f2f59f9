import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../test/testkit/scratch-folder.ts';
import { Secret } from '../base/index.ts';
import { zip } from './archive.ts';
import { seal, unseal } from './envelope.ts';
import { packOf } from '../../test/testkit/evidence-pack.ts';
import { findVerifyingKey, openSigningKey, parseVerifyingKey, publicPem } from './key.ts';
import { renderPage } from './page.ts';
import { writeStatement } from './statement.ts';
import { verifyEvidence } from './verify.ts';

function keys() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const verifying = parseVerifyingKey(publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'test');
  return { signing: { privateKey, keyId: verifying.keyId }, verifying };
}

const { signing, verifying } = keys();
const page = renderPage(packOf(), { keyId: signing.keyId, unsignedBecause: null });
const envelope = seal(writeStatement(packOf(), page), signing);

/** The text with one bit of one byte turned over. */
function flipped(text: string, at: number, bit: number): string {
  const bytes = Buffer.from(text, 'latin1');
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  return bytes.toString('latin1');
}

test('evidence that nobody touched is verified, with the page and without', () => {
  expect(verifyEvidence(envelope, Buffer.from(page), verifying)).toEqual({
    outcome: 'verified',
    keyId: signing.keyId,
    pack: packOf(),
    page: 'verified',
  });
  expect(verifyEvidence(envelope, undefined, verifying)).toMatchObject({ outcome: 'verified', page: 'absent' });
});

test('every bit of every byte of an envelope counts', () => {
  const small = seal('{"what":"a small payload, so that all of it can be tried"}', signing);
  const passed: string[] = [];
  for (let at = 0; at < small.length; at += 1)
    for (let bit = 0; bit < 8; bit += 1)
      if (unseal(flipped(small, at, bit), verifying).outcome === 'verified') passed.push(`${at}/${bit}`);
  expect(passed).toEqual([]);
});

test('a byte turned over anywhere in real evidence, or in its page, is found', () => {
  const step = Math.ceil(envelope.length / 400);
  for (let at = 0; at < envelope.length; at += step)
    expect(verifyEvidence(flipped(envelope, at, at % 8), undefined, verifying).outcome, `byte ${at}`).not.toBe(
      'verified',
    );
  const bytes = Buffer.from(page);
  for (let at = 0; at < bytes.length; at += 1) {
    if (at % Math.ceil(bytes.length / 100) !== 0) continue;
    const touched = Buffer.from(bytes);
    touched[at] = (touched[at] ?? 0) ^ 1;
    expect(verifyEvidence(envelope, touched, verifying).outcome, `byte ${at} of the page`).toBe('altered');
  }
  expect(verifyEvidence(envelope, Buffer.concat([bytes, Buffer.from(' ')]), verifying).outcome).toBe('altered');
});

test.each([
  ['white space in the JSON', () => JSON.stringify(JSON.parse(envelope))],
  ['a key that comes twice', () => envelope.replace('"payload"', '"payload": "e30=",\n  "payload"')],
  ['a second signature', () => envelope.replace(/"signatures": \[([^\]]*)\]/, '"signatures": [$1, $1]')],
  ['base64 with something in between', () => envelope.replace('"payload": "', '"payload": "\\n')],
  ['nothing', () => ''],
  ['something else', () => '[]'],
])('%s is altered', (_, text) => {
  expect(verifyEvidence(text(), undefined, verifying).outcome).toBe('altered');
});

test('evidence of another key, or without a key at hand, is of an unknown key', () => {
  expect(verifyEvidence(envelope, undefined, keys().verifying)).toMatchObject({
    outcome: 'unknown_key',
    reason: expect.stringContaining(signing.keyId),
  });
  expect(verifyEvidence(envelope, undefined, undefined).outcome).toBe('unknown_key');
});

test('what is not signed never passes, whoever holds what key', () => {
  const unsigned = seal(writeStatement(packOf(), page), undefined);
  expect(verifyEvidence(unsigned, undefined, verifying).outcome).toBe('unsigned');
  expect(verifyEvidence(unsigned, undefined, undefined).outcome).toBe('unsigned');
  const stripped = envelope.replace(/"signatures": \[[^\]]*\]/, '"signatures": []');
  expect(verifyEvidence(stripped, undefined, verifying).outcome).toBe('unsigned');
});

test('the signature is that of DSSE, for any tool that knows it', () => {
  const { payload, payloadType, signatures } = JSON.parse(envelope) as {
    payload: string;
    payloadType: string;
    signatures: { sig: string }[];
  };
  const body = Buffer.from(payload, 'base64');
  const encoded = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body]);
  const key = createPublicKey(publicPem(verifying));
  expect(verify(null, encoded, key, Buffer.from(signatures[0]?.sig ?? '', 'base64'))).toBe(true);
  expect(JSON.parse(body.toString())).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    subject: expect.arrayContaining([
      { name: 'evidence.html', digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ]),
  });
});

test('the key is made once in the data folder, for its owner alone, and found again', async () => {
  await using folder = await scratchFolder();
  const source = { pem: undefined, dataDir: join(folder.path, 'data') };
  expect(await findVerifyingKey(source)).toBeUndefined();
  const made = await Promise.all([openSigningKey(source), openSigningKey(source)]);
  expect(new Set(made.map(({ keyId }) => keyId)).size).toBe(1);
  expect((await stat(join(source.dataDir, 'evidence-key.pem'))).mode & 0o777).toBe(0o600);
  expect((await findVerifyingKey(source))?.keyId).toBe(made[0]?.keyId);
});

test('a key of the setting wins; one that is no Ed25519 key is refused without being quoted', async () => {
  await using folder = await scratchFolder();
  const dataDir = folder.path;
  const own = await openSigningKey({ pem: undefined, dataDir });
  const pem = signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect((await openSigningKey({ pem: new Secret(pem), dataDir })).keyId).toBe(signing.keyId);
  expect(own.keyId).not.toBe(signing.keyId);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  await expect(openSigningKey({ pem: new Secret(rsa.toString()), dataDir })).rejects.toMatchObject({
    code: 'evidence_key_invalid',
    message: 'EVIDENCE_SIGNING_KEY holds a key of type rsa, expected Ed25519',
  });
  await writeFile(join(dataDir, 'evidence-key.pem'), 'planted-secret');
  const refused: unknown = await openSigningKey({ pem: undefined, dataDir }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'evidence_key_invalid' });
  expect(JSON.stringify(refused) + String(refused)).not.toContain('planted-secret');
});

test('the page loads nothing, runs nothing, and shows text from outside as text', () => {
  const hostile = `"><script>alert(1)</script><img src="https://evil.example/x" onerror=alert(1)> & ' \u202E \0`;
  const pack = packOf();
  const [item] = pack.history?.items ?? [];
  const shown = renderPage(
    {
      ...pack,
      madeBy: { who: hostile, how: 'page', host: hostile },
      deploymentId: hostile,
      after: { ...pack.after, verdict: { ...pack.after.verdict, headline: hostile } },
      unknown: [{ part: hostile, error: { code: hostile, message: hostile } }],
      preflights: [
        { ran_at: hostile, who: hostile, status: hostile, result: { checks: [{ title: hostile, status: hostile }] } },
      ],
      history:
        item === undefined
          ? null
          : {
              items: [{ ...item, headline: hostile, host: hostile } as typeof item],
              gaps: [],
              complete: false,
            },
    },
    { keyId: null, unsignedBecause: hostile },
  );
  expect(shown).not.toMatch(/<(?:script|img|link|iframe|object|svg|form|a)\b/);
  expect(shown).not.toMatch(/<[^>]+\s(?:src|href|on\w+)=/);
  expect(shown).not.toMatch(/url\(|@import/);
  expect(shown).not.toContain('\u202E');
  expect(shown).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(shown).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test('the page says what is in the pack, what is unknown, and that it is unsigned', () => {
  const unknown = [
    { part: 'migration history of config', error: { code: 'database_unreachable', message: 'connection refused' } },
  ];
  const shown = renderPage(packOf({ unknown, before: null }), {
    keyId: null,
    unsignedBecause: 'the folder is read-only',
  });
  for (const text of [
    'Not signed',
    'the folder is read-only',
    '<strong>migration history of config</strong>: connection refused',
    'The ledger could not be read.',
    'Nothing that this release can show had been recorded by 2026-04-03 12:00:00 UTC.',
    'differs from the file of this release',
    'jobs moved from schema 5 to 6, by ada',
    'The ledgers are clean',
    '20261122T163000Z-1b2c3d4e',
  ])
    expect(shown).toContain(text);
  expect(page).toContain(`<code class="digest">${signing.keyId}</code>`);
  expect(page).not.toContain('Not signed');
});

test('both files go into one ZIP that unpacks to the same bytes', async () => {
  await using folder = await scratchFolder();
  const archive = zip(
    [
      { name: 'a.txt', text: 'one ✓' },
      { name: 'b.txt', text: '' },
    ],
    new Date('2026-05-03T12:00:00Z'),
  );
  await writeFile(join(folder.path, 'x.zip'), archive);
  expect(entriesOf(await readFile(join(folder.path, 'x.zip')))).toEqual({ 'a.txt': 'one ✓', 'b.txt': '' });
});

/** As a reader of ZIP files does it: from the end to the directory, from there to each entry. */
function entriesOf(archive: Buffer): Record<string, string> {
  const end = archive.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  let at = archive.readUInt32LE(end + 16);
  const found: Record<string, string> = {};
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [length, nameLength, place] = [
      archive.readUInt32LE(at + 24),
      archive.readUInt16LE(at + 28),
      archive.readUInt32LE(at + 42),
    ];
    const name = archive.subarray(at + 46, at + 46 + nameLength).toString();
    const start = place + 30 + archive.readUInt16LE(place + 26) + archive.readUInt16LE(place + 28);
    found[name] = archive.subarray(start, start + length).toString();
    at += 46 + nameLength;
  }
  return found;
}
