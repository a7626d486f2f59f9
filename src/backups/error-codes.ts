import type { ErrorTable } from '../base/index.ts';
import { httpErrorTable } from '../http/index.ts';
import { postgresErrorTable } from '../postgres/index.ts';
import { bundleErrorTable } from './bundle/errors.ts';
import { engineErrorTable } from './engine/errors.ts';
import { proveErrorTable } from './prove/errors.ts';
import { reloadErrorTable } from './reload/errors.ts';
import { lockErrorTable } from './lock/errors.ts';
import { sealingErrorTable } from './sealing/errors.ts';
import { backupServiceErrorTable } from './service/errors.ts';
import { takeErrorTable } from './take/errors.ts';
import { targetErrorTable } from './targets/errors.ts';
import { verifyErrorTable } from './verify/errors.ts';

/** Every code that the backup service, and a run of it, may end with. */
export const backupErrorCodes: ErrorTable = {
  ...httpErrorTable,
  ...postgresErrorTable,
  ...bundleErrorTable,
  ...engineErrorTable,
  ...proveErrorTable,
  ...reloadErrorTable,
  ...sealingErrorTable,
  ...backupServiceErrorTable,
  ...lockErrorTable,
  ...takeErrorTable,
  ...targetErrorTable,
  ...verifyErrorTable,
};
