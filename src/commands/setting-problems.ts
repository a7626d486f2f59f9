import { hasCode } from '../base/index.ts';
import { readSettings, settings, type Environment, type SettingName } from '../settings/index.ts';

/** Every setting of this release that is not valid in an environment, as sentences; empty when all are. */
export function findSettingProblems(environment: Environment): readonly string[] {
  try {
    readSettings(environment, Object.keys(settings) as SettingName[]);
    return [];
  } catch (error) {
    if (!hasCode(error, 'settings_invalid')) throw error;
    return error.details['problems'] as readonly string[];
  }
}
