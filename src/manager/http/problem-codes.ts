import { accountErrorTable } from '../../accounts/index.ts';
import { backupProblemTable } from '../../backups/client/index.ts';
import { fleetErrorTable } from '../../fleet/index.ts';
import { gateErrorTable } from '../../gate/index.ts';
import { postgresErrorTable } from '../../postgres/index.ts';
import { postureErrorTable } from '../../posture/index.ts';
import { httpErrorTable } from '../../http/index.ts';
import { managerErrorTable } from '../errors.ts';

/** Every code a route may say it answers with. */
export const problemCodes = {
  ...httpErrorTable,
  ...managerErrorTable,
  ...accountErrorTable,
  ...gateErrorTable,
  ...fleetErrorTable,
  ...postgresErrorTable,
  ...postureErrorTable,
  ...backupProblemTable,
};
