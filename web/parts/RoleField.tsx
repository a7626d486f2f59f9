import type { Role } from '../../src/contract/index.ts';

/** The roles with what each may do, as they are put to whoever gives one. */
export const roleChoices: readonly (readonly [role: Role, words: string])[] = [
  ['user', 'user: asks for scans and reads what they found'],
  ['auditor', 'auditor: reads every page and changes nothing'],
  ['admin', 'admin: reads and changes everything'],
];

/** A choice among the roles, the least of them first; in a form under the name `role`. */
export function RoleField({ chosen = 'user' }: { readonly chosen?: Role }) {
  return (
    <label className="field">
      <span>Role</span>
      <select name="role" defaultValue={chosen}>
        {roleChoices.map(([role, words]) => (
          <option key={role} value={role}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The role that was chosen in a form. */
export function readRole(fields: FormData): Role {
  return roleChoices.find(([role]) => role === fields.get('role'))?.[0] ?? 'user';
}
