import { errorsOf, type ErrorTable } from '../../base/index.ts';

export const proveErrorTable = {
  prove_not_configured: {
    httpStatus: 409,
    exitCode: 2,
    about:
      'Bundles are proven by restoring them into scratch databases, and `BACKUP_PROVE_DATABASE_URL` does not say where. Checksums can be verified all the same.',
  },
} as const satisfies ErrorTable;

export const proveError = errorsOf(proveErrorTable);
