export { createGate, type GateOptions } from './gate.ts';
export { closingReason, type ClosingReason } from './closing-reason.ts';
export { closedGateError, gateErrorTable } from './errors.ts';
export { unreadDatabases } from './unread.ts';
export type { Gate, GatedPart } from './types.ts';
