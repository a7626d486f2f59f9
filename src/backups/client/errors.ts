import { errorsOf, type ErrorTable } from '../../base/index.ts';

const unread = { httpStatus: 503, exitCode: 2 } as const;

export const backupClientErrorTable = {
  backup_not_configured: {
    ...unread,
    about: '`BACKUP_SERVICE_URL` is not set, so there is no backup service to ask.',
  },
  backup_unreachable: {
    ...unread,
    about:
      'Nothing accepted the connection to the backup service: it is stopped, or `BACKUP_SERVICE_URL` names another place. This is not the same as having no backup.',
  },
  backup_timeout: {
    ...unread,
    about: 'The backup service accepted the connection and did not answer in time.',
  },
  backup_unauthorized: {
    ...unread,
    about: 'The backup service refused the token: `BACKUP_SERVICE_TOKEN` is missing or not the one that it expects.',
  },
  backup_bad_answer: {
    ...unread,
    about:
      'What answers at `BACKUP_SERVICE_URL` is not a backup service of this kind: wrong status, not JSON, or JSON of another shape.',
  },
} as const satisfies ErrorTable;

export const backupClientError = errorsOf(backupClientErrorTable);
