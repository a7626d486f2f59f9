import { resolve } from 'node:path';
import type { KeySource } from '../evidence/index.ts';
import { readSettings, type SettingName } from '../settings/index.ts';
import type { CommandContext } from './command.ts';

/** The settings that say where the signing key is. */
export const evidenceSettings = ['EVIDENCE_SIGNING_KEY', 'DATA_DIR'] as const satisfies readonly SettingName[];

/** Where the key that signs evidence comes from in this deployment. */
export function readKeySource({ environment, cwd }: Pick<CommandContext, 'environment' | 'cwd'>): KeySource {
  const { EVIDENCE_SIGNING_KEY: pem, DATA_DIR } = readSettings(environment, evidenceSettings);
  return { pem, dataDir: resolve(cwd, DATA_DIR) };
}
