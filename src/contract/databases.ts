/** The product's databases, in the order in which every answer lists them. Free of zod: the migrator's no-op path loads this. */
export const databaseNames = ['config', 'results', 'jobs'] as const;
export type DatabaseName = (typeof databaseNames)[number];
