import { findVerifyingKey, openSigningKey, publicPem, evidenceError } from '../evidence/index.ts';
import { jsonOption, type Command } from './command.ts';
import { evidenceSettings, readKeySource } from './evidence-key.ts';
import { writeJson } from './terminal.ts';

/** `plimsoll posture evidence key`: the public key, for whoever verifies. */
export const command: Command = {
  summary: 'Print the public key by which the evidence of this deployment is verified.',
  options: jsonOption,
  settings: [...evidenceSettings],
  exitCodes: { 0: 'printed', 1: 'there is no key that can be used' },
  run: async (context) => {
    const source = readKeySource(context);
    // Makes the first one, so that it can be handed out before there is any evidence.
    await openSigningKey(source);
    const key = await findVerifyingKey(source);
    if (key === undefined) throw vanished(source.dataDir);
    const pem = publicPem(key);
    if (context.options['json'] === true) writeJson(context.stdout, { keyId: key.keyId, publicKey: pem });
    else context.stdout.write(pem);
    return 0;
  },
};

function vanished(dataDir: string): Error {
  return evidenceError('evidence_key_invalid', {
    message: `the signing key in ${dataDir} was there a moment ago and is gone`,
    hint: 'Run `plimsoll posture evidence key` again.',
  });
}
