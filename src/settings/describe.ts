import { settings, type SettingName } from './declarations.ts';
import type { Environment } from './read.ts';

/** One setting of a running program as it may be shown: of a secret only whether it is set. */
export interface DescribedSetting {
  readonly name: SettingName;
  readonly about: string;
  readonly takes: string;
  readonly secret: boolean;
  readonly source: 'default' | 'environment' | 'file' | 'unset';
  /** Null for a secret, and for what is not set. */
  readonly value: string | null;
  /** The path in `NAME_FILE`, if the value came from there. */
  readonly file: string | null;
}

/** The named settings as they were taken from this environment, by the same rules as `readSettings`, which has found them sound. */
export function describeSettings(environment: Environment, names: readonly SettingName[]): DescribedSetting[] {
  return names.map((name) => describe(environment, name));
}

function describe(environment: Environment, name: SettingName): DescribedSetting {
  const { help, kind, secret, defaultText } = settings[name];
  const shown = { name, about: help, takes: kind, secret, file: null };
  const given = environment[name] ?? '';
  const file = secret ? (environment[`${name}_FILE`] ?? '') : '';
  if (given !== '') return { ...shown, source: 'environment', value: secret ? null : given };
  if (file !== '') return { ...shown, source: 'file', value: null, file };
  if (defaultText === undefined) return { ...shown, source: 'unset', value: null };
  return { ...shown, source: 'default', value: secret ? null : defaultText };
}
