export { readEnvironment } from './environment.ts';
export { settings, type SettingName } from './declarations.ts';
export { invalidSettings, readSettings, type Environment, type SettingValues } from './read.ts';
export { settingsErrorTable } from './errors.ts';
export { describeSettings, type DescribedSetting } from './describe.ts';
export type { Setting } from './types.ts';
