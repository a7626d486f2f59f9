export { deploy, findUnfinished, planDeploy, resume, type DeployPlan } from './begin.ts';
export { planRollback, rollBack, type RollbackPlan } from './rollback.ts';
export { readStanding, type Standing } from './standing.ts';
export { openDeployJournals, type DeployImage, type DeployJournal, type DeployJournals } from './journal.ts';
export { deployError, deployErrorTable } from './errors.ts';
export { isUnfinished } from './states.ts';
export type { DeployContext } from './context.ts';
export type { DeployHost, HostPart, Installed } from './host.ts';
export type { DeployOutcome } from './run.ts';
