import { countText } from '../../base/index.ts';
import { grantHint } from '../../migrator/index.ts';
import { defineDatabaseCheck } from '../check.ts';

interface Rights extends Record<string, unknown> {
  readonly role: string;
  readonly may_create: boolean;
  readonly foreign_count: number;
  readonly foreign_name: string | null;
  readonly foreign_owner: string | null;
  readonly target: string;
}

/** What a role may do is asked for the role that runs the migrations, whatever it inherits. */
const rightsSql = `
with foreign_relation as (
  select format('%I.%I', n.nspname, c.relname) as name, pg_get_userbyid(c.relowner) as owner
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not pg_has_role(c.relowner, 'usage')
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
)
select current_user as role, current_user || '@server/' || current_database() as target,
  has_database_privilege(current_database(), 'create')
    and coalesce(has_schema_privilege(to_regnamespace('public'), 'create'), true) as may_create,
  (select count(*) from foreign_relation)::integer as foreign_count,
  (select name from foreign_relation order by name limit 1) as foreign_name,
  (select owner from foreign_relation order by name limit 1) as foreign_owner`;

/** The migrator's role may do what the migrations ask of it. */
export const roleRights = defineDatabaseCheck({
  code: 'role_rights',
  title: "The migrator's rights",
  about:
    'A migration creates and alters. Its role must be allowed to create in the database and must own, itself or through membership, every table, view and sequence there.',
  look: async (database) => {
    const [rights] = await database.read<Rights>(rightsSql);
    if (rights === undefined) throw new Error('the server gave no row');
    return rights;
  },
  outcomes: [
    {
      status: 'fail',
      when: 'the role may not create in the database or in its schema public',
      holds: ({ may_create }) => !may_create,
      message: ({ role }, { name }) => `the role ${role} may not create anything in ${name}`,
      remedy: ({ target }, { name }) => grantHint({ name, label: target }),
    },
    {
      status: 'fail',
      when: 'a table, view or sequence belongs to a role that it is not a member of',
      holds: ({ foreign_count }) => foreign_count > 0,
      message: ({ role, foreign_count, foreign_name, foreign_owner }, { name }) =>
        `${countText(foreign_count, 'relation')} in ${name} cannot be altered by the role ${role}, the first ${foreign_name} of ${foreign_owner}`,
      remedy: ({ role, foreign_owner }, { asSuperuser }) => asSuperuser(`grant "${foreign_owner}" to "${role}"`),
    },
    {
      status: 'pass',
      when: 'the role may create, and owns what is there',
      holds: () => true,
      message: ({ role }, { name }) => `${role} may create in ${name} and owns all that is there`,
    },
  ],
});
