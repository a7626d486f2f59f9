import { Decrypter, armor, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, type Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { manualClock, scratchFolder, writeSampleBundle } from '../../../test/testkit/index.ts';
import { messageOf, Secret, silentLog, systemClock } from '../../base/index.ts';
import { openRecords } from '../records.ts';
import { DirectoryTarget } from '../targets/index.ts';
import { verifyChecksums } from '../verify/index.ts';
import { isKeyProofDue } from '../../contract/index.ts';
import { openKeyProofs, parseRecipients, readIdentities, sealTo, unsealWith } from './index.ts';

// Each waits for the disk, many times.
vi.setConfig({ testTimeout: 60_000 });

async function makeKey() {
  const identity = await generateX25519Identity();
  return { identity: new Secret(identity), recipient: await identityToRecipient(identity) };
}

async function run(content: Buffer, stage: Duplex): Promise<Buffer> {
  return await pipeline(Readable.from(cut(content)), stage, buffer);
}

function* cut(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 50_000) yield content.subarray(at, at + 50_000);
}

test.for([0, 1, 65_536, 300_001])('%d bytes come back from either of two keys', async (bytes) => {
  const [first, second] = [await makeKey(), await makeKey()];
  const content = randomBytes(bytes);

  const sealed = await run(content, sealTo([first.recipient, second.recipient])());

  expect(sealed.length).toBeGreaterThan(content.length);
  expect(await run(sealed, unsealWith([first.identity])())).toEqual(content);
  expect(await run(sealed, unsealWith([second.identity])())).toEqual(content);
});

test('what is sealed as a stream is read as a whole', async () => {
  const { identity, recipient } = await makeKey();
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity.reveal());

  const sealed = await run(Buffer.from('select 1;'), sealTo([recipient])());

  expect(await decrypter.decrypt(sealed, 'text')).toBe('select 1;');
});

test('a key of nobody in the bundle is named', async () => {
  const [owner, stranger] = [await makeKey(), await makeKey()];
  const sealed = await run(randomBytes(100), sealTo([owner.recipient])());

  await expect(run(sealed, unsealWith([stranger.identity])())).rejects.toMatchObject({ code: 'bundle_key_wrong' });
});

test.for<[string, (sealed: Buffer) => Buffer]>([
  ['cut off', (sealed) => sealed.subarray(0, sealed.length - 70_000)],
  ['changed near its end', (sealed) => flip(sealed, sealed.length - 5)],
  ['changed in its header', (sealed) => flip(sealed, 5)],
  ['empty', () => Buffer.alloc(0)],
])('a sealed file that is %s fails to open', async ([, harm]) => {
  const { identity, recipient } = await makeKey();
  const sealed = await run(randomBytes(200_000), sealTo([recipient])());

  await expect(run(harm(sealed), unsealWith([identity])())).rejects.toMatchObject({ code: 'bundle_unsealing_failed' });
});

function flip(content: Buffer, at: number): Buffer {
  const changed = Buffer.from(content);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}

test('recipients are read with their commas and spaces, each once', async () => {
  const [first, second] = [await makeKey(), await makeKey()];

  expect(parseRecipients(` ${first.recipient}, ${second.recipient},${first.recipient},`)).toEqual([
    first.recipient,
    second.recipient,
  ]);
  expect(parseRecipients(undefined)).toEqual([]);
});

test.for(['ada@example.org', 'age1abc', 'age1pq1qqqqqq', `age1${'q'.repeat(58)}`])('%s is no recipient', (text) => {
  expect(() => parseRecipients(text)).toThrow(expect.objectContaining({ code: 'age_recipients_invalid' }) as Error);
});

test('a private key in the place of a recipient is refused and not repeated', async () => {
  const { identity } = await makeKey();
  let message = '';
  try {
    parseRecipients(identity.reveal());
  } catch (error) {
    message = messageOf(error);
  }
  expect(message).toContain('found a private key');
  expect(message).not.toContain(identity.reveal().slice(20));
});

test('a key file is read as age-keygen writes it; anything else is refused without a word of the key', async () => {
  await using scratch = await scratchFolder();
  const { identity } = await makeKey();
  const path = join(scratch.path, 'key.txt');
  await writeFile(path, `# created: 2026-11-20\n# public key: age1…\n${identity.reveal()}\n`);
  expect((await readIdentities(path)).map((key) => key.reveal())).toEqual([identity.reveal()]);

  const spoilt = `${identity.reveal().slice(0, -1)}!`;
  for (const text of ['', '# nothing\n', spoilt, 'ssh-ed25519 AAAA']) {
    await writeFile(path, text);
    const failure = await readIdentities(path).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'age_identity_invalid' });
    expect(messageOf(failure)).not.toContain(spoilt.slice(20, 40));
  }
  await expect(readIdentities(join(scratch.path, 'none'))).rejects.toMatchObject({ code: 'age_identity_invalid' });
});

async function setupProofs() {
  const scratch = await scratchFolder();
  onTestFinished(() => scratch[Symbol.asyncDispose]());
  const retention = { last: 1, daily: 0, weekly: 0, monthly: 0 };
  const target = new DirectoryTarget({ name: 'local', root: scratch.path, retention });
  const clock = manualClock();
  const key = await makeKey();
  const proofs = openKeyProofs({ recipients: [key.recipient], target, clock });
  const decrypt = async (challenge: string) => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(key.identity.reveal());
    return await decrypter.decrypt(armor.decode(challenge), 'text');
  };
  return { ...key, proofs, clock, decrypt, target, scratch };
}

test('who decrypts the challenge is recorded with the date, and the record is due again after 90 days', async () => {
  const { proofs, recipient, decrypt, clock } = await setupProofs();
  const [before] = await proofs.states();
  expect(before).toEqual({ recipient, provenAt: null, provenBy: '' });

  const answer = await decrypt(await proofs.challenge(recipient));
  const proof = await proofs.answer(recipient, `${answer}\n`, 'ada');

  expect(await proofs.states()).toEqual([proof]);
  expect(proof).toEqual({ recipient, provenAt: clock.now().toISOString(), provenBy: 'ada' });
  clock.advance(90 * 86_400_000);
  expect(isKeyProofDue(proof, clock.now().getTime())).toBe(false);
  clock.advance(1);
  expect(isKeyProofDue(proof, clock.now().getTime())).toBe(true);
});

test('no challenge is asked twice, nor answered twice', async () => {
  const { proofs, recipient, decrypt } = await setupProofs();
  const first = await decrypt(await proofs.challenge(recipient));
  const second = await decrypt(await proofs.challenge(recipient));
  expect(second).not.toBe(first);

  await expect(proofs.answer(recipient, first, 'ada')).rejects.toMatchObject({ code: 'key_challenge_failed' });
  await expect(proofs.answer(recipient, second, 'ada')).rejects.toMatchObject({ code: 'key_challenge_unknown' });
});

test('a challenge is open for an hour, and only for a recipient in use', async () => {
  const { proofs, recipient, decrypt, clock } = await setupProofs();
  const answer = await decrypt(await proofs.challenge(recipient));
  clock.advance(3_600_001);

  await expect(proofs.answer(recipient, answer, 'ada')).rejects.toMatchObject({ code: 'key_challenge_unknown' });
  await expect(proofs.challenge('../../etc')).rejects.toMatchObject({ code: 'key_challenge_unknown' });
});

test('a damaged record proves nothing', async () => {
  const { proofs, recipient, decrypt, target } = await setupProofs();
  await proofs.answer(recipient, await decrypt(await proofs.challenge(recipient)), 'ada');
  await target.put(`keys/${recipient}.json`, Buffer.from('{"recipient":'));

  expect(await proofs.states()).toEqual([{ recipient, provenAt: null, provenBy: '' }]);
});

test('a sealed bundle is verified without its key, and gives its dumps back to whoever has it', async () => {
  const { target, scratch, recipient, identity } = await setupProofs();
  const plain = { config: randomBytes(100), results: randomBytes(70_000), jobs: Buffer.alloc(0) };
  const seal = sealTo([recipient]);
  const sealed = {
    config: await run(plain.config, seal()),
    results: await run(plain.results, seal()),
    jobs: await run(plain.jobs, seal()),
  };
  const encryption = { kind: 'age' as const, recipients: [recipient] };
  const { folder, id, manifest } = await writeSampleBundle(scratch.path, { encryption }, sealed);
  const terms = { onBytes: () => undefined, signal: AbortSignal.timeout(60_000) };
  await target.publish(folder, id, terms);
  const records = openRecords(target, silentLog);

  const verification = await verifyChecksums({ target, records, id, by: 'ada', clock: systemClock, terms });

  expect(verification.result).toBe('passed');
  for (const { name, file } of manifest.databases) {
    const content = await pipeline(await target.read(`bundles/${id}/${file.path}`), unsealWith([identity])(), buffer);
    expect(content.equals(plain[name])).toBe(true);
  }
});
