export { createManagerApp, type ManagerApp } from './app.ts';
export { shippedHelp } from './help/pages.ts';
export { deriveSessionKeys, type SessionKeys } from './session/keys.ts';
export type { FirstUser, ManagerDeps } from './types.ts';
export { managerMetrics } from './metrics/table.ts';
export type { OidcOptions } from './oidc/provider.ts';
