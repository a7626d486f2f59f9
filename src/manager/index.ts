export { createManagerApp, type ManagerApp } from './app.ts';
export { shippedHelp } from './help/pages.ts';
export { listen } from './listen.ts';
export { createLog } from './log.ts';
export { deriveSessionKeys, type SessionKeys } from './session/keys.ts';
export type { FirstUser, ManagerDeps } from './types.ts';
