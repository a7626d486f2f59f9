import { errorsOf, type ErrorTable } from '../base/index.ts';

export const notifyErrorTable = {
  notify_not_configured: {
    httpStatus: 409,
    exitCode: 1,
    about:
      'There is no way to notify anybody: neither `NOTIFY_WEBHOOK_URL` nor `NOTIFY_SMTP_URL` is set where the command runs. It takes the same settings as the manager.',
  },
} as const satisfies ErrorTable;

export const notifyError = errorsOf(notifyErrorTable);
