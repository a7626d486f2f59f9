/** The SQLSTATEs the product reacts to, by name. Source: PostgreSQL manual, appendix A. */
export const sqlState = {
  invalidText: '22P02',
  uniqueViolation: '23505',
  readOnlyTransaction: '25006',
  invalidPassword: '28P01',
  invalidAuthorization: '28000',
  undefinedSchema: '3F000',
  invalidCatalogName: '3D000',
  deadlockDetected: '40P01',
  insufficientPrivilege: '42501',
  duplicateObject: '42710',
  undefinedTable: '42P01',
  duplicateDatabase: '42P04',
  diskFull: '53100',
  tooManyConnections: '53300',
  lockNotAvailable: '55P03',
  objectNotInPrerequisiteState: '55000',
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
} as const;

/** The SQLSTATE (or Node error code, such as ECONNREFUSED) of anything thrown by `pg`; undefined if it has none. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
