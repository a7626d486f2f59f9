import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolders, messageOf, Secret, systemCodeOf } from '../base/index.ts';
import { scannerError } from './errors.ts';
import { writeDurably } from './state-file.ts';

/** Who this scanner is to its manager. */
export interface Identity {
  readonly scannerId: string;
  readonly credential: Secret;
}

const fileSchema = z.object({ scannerId: z.string().min(1), credential: z.string().min(1) });

/** Makes the state folder, for its owner alone. */
export async function openStateFolder(path: string): Promise<void> {
  try {
    await makeFolders(path, 0o700);
    await chmod(path, 0o700);
  } catch (error) {
    throw unusable(`the state folder ${path} cannot be made: ${messageOf(error)}`, path);
  }
}

/** Reads `credential.json` of the state folder; undefined before enrolment. */
export async function readIdentity(stateDir: string): Promise<Identity | undefined> {
  const path = pathIn(stateDir);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw unusable(`${path} cannot be read: ${messageOf(error)}`, path);
  }
  try {
    const { scannerId, credential } = fileSchema.parse(JSON.parse(text));
    return { scannerId, credential: new Secret(credential) };
  } catch {
    // Without the cause: it would quote the credential.
    throw unusable(`${path} is not a credential file`, path);
  }
}

/** Keeps the identity in `credential.json`, readable by its owner alone. */
export async function writeIdentity(stateDir: string, { scannerId, credential }: Identity): Promise<void> {
  const text = `${JSON.stringify({ scannerId, credential: credential.reveal() }, null, 2)}\n`;
  try {
    await writeDurably(pathIn(stateDir), text);
  } catch (error) {
    throw unusable(`the credential cannot be kept in ${stateDir}: ${messageOf(error)}`, stateDir);
  }
}

function pathIn(stateDir: string): string {
  return join(stateDir, 'credential.json');
}

function unusable(message: string, path: string): Error {
  return scannerError('scanner_state_unusable', {
    message,
    hint: `Make ${path} readable and writable for this user, or remove it and enrol anew with SCANNER_ENROLMENT_TOKEN.`,
  });
}
