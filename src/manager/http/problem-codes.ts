import { fleetErrorTable } from '../../fleet/index.ts';
import { gateErrorTable } from '../../gate/index.ts';
import { postgresErrorTable } from '../../postgres/index.ts';
import { managerErrorTable } from '../errors.ts';

/** Every code a route may say it answers with. */
export const problemCodes = { ...managerErrorTable, ...gateErrorTable, ...fleetErrorTable, ...postgresErrorTable };
export type ProblemName = keyof typeof problemCodes;
