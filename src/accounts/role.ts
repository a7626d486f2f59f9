import { roles, type Role } from '../contract/index.ts';
import { accountError } from './errors.ts';

/** The role a text names. Throws role_unknown. */
export function parseRole(text: string | undefined): Role {
  const role = roles.find((known) => known === text);
  if (role !== undefined) return role;
  throw accountError('role_unknown', {
    message: `${text === undefined ? 'no role given' : `no role is called ${JSON.stringify(text)}`}, expected ${roles.join(', ')}`,
    hint: 'Say which, as in `--role auditor`.',
  });
}
