import { errorsOf, type ErrorTable } from '../base/index.ts';

export const settingsErrorTable = {
  settings_invalid: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'One or more settings are malformed, missing, or their secret file cannot be read. All of them are listed together; nothing was started.',
  },
} as const satisfies ErrorTable;

export const settingsError = errorsOf(settingsErrorTable);
