import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../base/index.ts';
import {
  evidenceError,
  evidenceFiles,
  findVerifyingKey,
  parseVerifyingKey,
  verifyEvidence,
  type Verification,
  type VerifyingKey,
} from '../evidence/index.ts';
import { jsonOption, positional, textOption, type Command, type CommandContext } from './command.ts';
import { evidenceSettings, readKeySource } from './evidence-key.ts';
import { markOf, writeJson } from './terminal.ts';

/** `plimsoll posture evidence verify`: whether evidence is as it was made, and by whom it was signed. */
export const command: Command = {
  summary: 'Verify evidence: its signature, and the page beside it.',
  positionals: ['path'],
  options: {
    key: { type: 'string', value: 'FILE', help: 'The public key in PEM form; default the one of this deployment.' },
    ...jsonOption,
  },
  settings: [...evidenceSettings],
  exitCodes: {
    0: 'verified',
    3: 'altered, or not signed at all',
    2: 'signed by another key than the one at hand, or no key is at hand',
    1: 'could not be read',
  },
  run: async (context) => {
    const { envelope, page } = await readEvidence(resolve(context.cwd, positional(context)));
    const verification = verifyEvidence(envelope, page, await readKey(context));
    if (context.options['json'] === true) writeJson(context.stdout, summary(verification));
    else context.stdout.write(`${render(context, verification)}\n`);
    return { verified: 0, altered: 3, unsigned: 3, unknown_key: 2 }[verification.outcome];
  },
};

/** A folder with both files, or the envelope; the page is verified wherever it lies beside that. */
async function readEvidence(path: string): Promise<{ envelope: string; page: Buffer | undefined }> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const file = isFolder ? join(path, evidenceFiles.envelope) : path;
  try {
    const envelope = await readFile(file);
    const page = await readFile(join(dirname(file), evidenceFiles.page)).catch(() => undefined);
    // Latin-1, so that no two files read as one text.
    return { envelope: envelope.toString('latin1'), page };
  } catch (error) {
    throw evidenceError('evidence_unreadable', {
      message: `${file} cannot be read: ${messageOf(error)}`,
      hint: `Name the folder, or ${evidenceFiles.envelope} in it; unpack a ZIP file first.`,
    });
  }
}

async function readKey(context: CommandContext): Promise<VerifyingKey | undefined> {
  const file = textOption(context, 'key');
  if (file === undefined) return await findVerifyingKey(readKeySource(context));
  const path = resolve(context.cwd, file);
  const pem = await readFile(path, 'utf8').catch((error: unknown) => {
    throw evidenceError('evidence_key_invalid', {
      message: `${path} cannot be read: ${messageOf(error)}`,
      hint: 'Name the file that `plimsoll posture evidence key` printed.',
    });
  });
  return parseVerifyingKey(pem, path);
}

function summary(verification: Verification) {
  if (verification.outcome !== 'verified') return verification;
  const { outcome, keyId, page, pack } = verification;
  return { outcome, keyId, page, madeAt: pack.madeAt, madeBy: pack.madeBy, span: pack.span, unknown: pack.unknown };
}

const words = { altered: 'altered', unsigned: 'not signed', unknown_key: 'unknown key' } as const;

function render({ stdout }: CommandContext, verification: Verification): string {
  if (verification.outcome !== 'verified') {
    const tone = verification.outcome === 'unknown_key' ? 'attention' : 'bad';
    return `${markOf(stdout, tone)} ${words[verification.outcome]}: ${verification.reason}`;
  }
  const { keyId, page, pack } = verification;
  const beside = page === 'verified' ? `with ${evidenceFiles.page}` : `${evidenceFiles.page} was not beside it`;
  const { who, host } = pack.madeBy;
  return `${markOf(stdout, 'good')} verified, ${beside}: made ${pack.madeAt} by ${who} on ${host}, signed by key ${keyId}`;
}
