/** Speaks again as the role that the migrator connected with, whatever a file has chosen. */
export const resetIdentitySql = 'reset session authorization; reset role;';

/**
 * Leaves nothing in the session of what a file did there, as psql started anew for each would not: a temporary table would
 * stand before the real one of that name. It is `discard all` but for the migrator's lock, which that would let go.
 */
export const freshSessionSql = `${resetIdentitySql} reset all; close all; deallocate all; unlisten *; discard sequences; discard temp;`;
