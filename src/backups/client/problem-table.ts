import type { ErrorTable } from '../../base/index.ts';
import { bundleErrorTable } from '../bundle/errors.ts';
import { lockErrorTable } from '../lock/errors.ts';
import { sealingErrorTable } from '../sealing/errors.ts';
import { backupServiceErrorTable } from '../service/errors.ts';
import { takeErrorTable } from '../take/errors.ts';
import { targetErrorTable } from '../targets/errors.ts';
import { backupClientErrorTable } from './errors.ts';

/** Every code that a call of the client may throw: its own and those the service answers with. */
export const backupProblemTable = {
  ...bundleErrorTable,
  ...targetErrorTable,
  ...sealingErrorTable,
  ...lockErrorTable,
  ...takeErrorTable,
  ...backupServiceErrorTable,
  ...backupClientErrorTable,
} as const satisfies ErrorTable;
