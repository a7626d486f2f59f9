import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint, Node } from 'libpg-query';
import type { LiveCatalogue, LiveTable } from './catalogue.ts';
import type { LockMode, TableWork } from '../../contract/index.ts';
import { withChildren, type Effect } from './effect.ts';
import { functionsIn, nameOf, stringsIn } from './names.ts';
import { keepsEveryByte } from './type-change.ts';

/** What a command of ALTER TABLE is judged with. */
interface Subject {
  readonly table: string;
  readonly live: LiveTable | undefined;
  readonly catalogue: LiveCatalogue;
}

/** Lock levels as in AlterTableGetLockLevel of Postgres (tablecmds.c); whatever is not here takes the strongest. */
const weakerLocks: Readonly<Partial<Record<NonNullable<AlterTableCmd['subtype']>, LockMode>>> = {
  AT_SetStatistics: 'ShareUpdateExclusiveLock',
  AT_SetOptions: 'ShareUpdateExclusiveLock',
  AT_ResetOptions: 'ShareUpdateExclusiveLock',
  AT_ClusterOn: 'ShareUpdateExclusiveLock',
  AT_DropCluster: 'ShareUpdateExclusiveLock',
  AT_ValidateConstraint: 'ShareUpdateExclusiveLock',
  AT_SetRelOptions: 'ShareUpdateExclusiveLock',
  AT_ResetRelOptions: 'ShareUpdateExclusiveLock',
  AT_EnableTrig: 'ShareRowExclusiveLock',
  AT_EnableAlwaysTrig: 'ShareRowExclusiveLock',
  AT_EnableReplicaTrig: 'ShareRowExclusiveLock',
  AT_EnableTrigAll: 'ShareRowExclusiveLock',
  AT_EnableTrigUser: 'ShareRowExclusiveLock',
  AT_DisableTrig: 'ShareRowExclusiveLock',
  AT_DisableTrigAll: 'ShareRowExclusiveLock',
  AT_DisableTrigUser: 'ShareRowExclusiveLock',
};

/** Commands that write every row anew, whatever they are about. */
const rewriting = new Set([
  'AT_SetLogged',
  'AT_SetUnLogged',
  'AT_SetTableSpace',
  'AT_SetAccessMethod',
  'AT_SetExpression',
]);

/** The effects of ALTER TABLE; ALTER VIEW and SEQUENCE touch no table's rows. Undefined where tables of a type change with it. */
export function alterTableEffects(statement: AlterTableStmt, catalogue: LiveCatalogue): readonly Effect[] | undefined {
  const { objtype, relation } = statement;
  const commands = (statement.cmds ?? []).flatMap((command) =>
    'AlterTableCmd' in command ? [command.AlterTableCmd] : [],
  );
  if (objtype === 'OBJECT_TYPE') return commands.some(({ behavior }) => behavior === 'DROP_CASCADE') ? undefined : [];
  if (objtype === 'OBJECT_INDEX')
    return commands.flatMap((command) => alterIndex(command, nameOf(relation), catalogue));
  if (objtype !== 'OBJECT_TABLE' && objtype !== 'OBJECT_MATVIEW') return [];
  const table = nameOf(relation);
  const subject = { table, live: catalogue.tables.get(table), catalogue };
  return commands.flatMap((command) => {
    const own = commandEffects(command, subject);
    const isAlone = relation?.inh !== true || ofTableAlone.has(command.subtype ?? 'AT_AddColumn');
    return isAlone ? own : withChildren(own, catalogue);
  });
}

/** An index that moves is written anew; the planner of every query on its table waits for it. */
function alterIndex({ subtype }: AlterTableCmd, index: string, { indexes }: LiveCatalogue): Effect[] {
  const table = indexes.get(index)?.table;
  if (table === undefined || subtype !== 'AT_SetTableSpace') return [];
  return [effect({ table }, { does: 'moves an index', work: 'build' })];
}

/** Commands that leave the partitions of a table as they are. */
const ofTableAlone = new Set<AlterTableCmd['subtype']>([
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_ClusterOn',
  'AT_DropCluster',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_SetTableSpace',
  'AT_SetAccessMethod',
  'AT_SetLogged',
  'AT_SetUnLogged',
  'AT_ChangeOwner',
  'AT_ReplicaIdentity',
  'AT_EnableRowSecurity',
  'AT_DisableRowSecurity',
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
  'AT_EnableRule',
  'AT_DisableRule',
  'AT_EnableAlwaysRule',
  'AT_EnableReplicaRule',
  'AT_AddInherit',
  'AT_DropInherit',
  'AT_AddOf',
  'AT_DropOf',
  'AT_AttachPartition',
  'AT_DetachPartition',
  'AT_DetachPartitionFinalize',
]);

type Subtype = NonNullable<AlterTableCmd['subtype']>;
type Read = (command: AlterTableCmd, subject: Subject) => readonly Effect[];

/** Commands whose effect hangs on what they hold and on what is there; of any other, its name tells all. */
const readers: Readonly<Partial<Record<Subtype, Read>>> = {
  AT_AddColumn: ({ def }, subject) => addColumn(columnIn(def), subject),
  AT_AddConstraint: ({ def }, subject) => addConstraint(constraintIn(def), subject),
  AT_DropConstraint: dropConstraint,
  AT_ValidateConstraint: validateConstraint,
  AT_AlterColumnType: changeType,
  AT_SetNotNull: ({ name }, subject) => [
    effect(subject, { does: `sets ${name} not null`, work: notNullWork(name, subject) }),
  ],
  AT_DropColumn: ({ name }, subject) => [
    effect(subject, { does: `drops column ${name}`, losesData: true }),
    ...linkedTo(name, subject, { does: 'loses a foreign key' }),
  ],
  AT_AttachPartition: partitionEffects,
  AT_DetachPartition: partitionEffects,
};

function commandEffects(command: AlterTableCmd, subject: Subject): readonly Effect[] {
  const read = readers[command.subtype ?? 'AT_AddColumn'];
  return read === undefined ? [otherEffect(command, subject)] : read(command, subject);
}

function otherEffect({ subtype = 'AT_AddColumn', name }: AlterTableCmd, subject: Subject): Effect {
  const words = subtype
    .replace(/^AT_/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return effect(subject, {
    does: name === undefined ? words : `${words} ${name}`,
    lock: weakerLocks[subtype] ?? 'AccessExclusiveLock',
    work: rewriting.has(subtype) ? 'rewrite' : 'catalogue',
  });
}

interface Told {
  readonly does: string;
  readonly lock?: LockMode;
  readonly work?: TableWork;
  readonly losesData?: boolean;
}

function effect({ table }: Pick<Subject, 'table'>, told: Told): Effect {
  const { does, lock = 'AccessExclusiveLock', work = 'catalogue', losesData = false } = told;
  return { table, lock, work, does, losesData };
}

function columnIn(node: Node | undefined): ColumnDef {
  return node !== undefined && 'ColumnDef' in node ? node.ColumnDef : {};
}

function constraintIn(node: Node | undefined): Constraint {
  return node !== undefined && 'Constraint' in node ? node.Constraint : {};
}

/** A default that is the same for every row is kept in the catalogue; any other has to be written into each. */
function addColumn(column: ColumnDef, subject: Subject): readonly Effect[] {
  const constraints = (column.constraints ?? []).map(constraintIn);
  const kinds = new Set(constraints.map(({ contype }) => contype));
  const type = stringsIn(column.typeName?.names).at(-1) ?? '';
  const fallback = constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr;
  const isWritten =
    /^(small|big)?serial[248]?$/.test(type) ||
    kinds.has('CONSTR_IDENTITY') ||
    constraints.some(({ contype, generated_kind }) => contype === 'CONSTR_GENERATED' && generated_kind !== 'v') ||
    isVolatile(fallback, subject) ||
    subject.catalogue.constrainedDomains.has(type);
  const isHeld = kinds.has('CONSTR_CHECK') || (kinds.has('CONSTR_NOTNULL') && fallback === undefined);
  const isIndexed = kinds.has('CONSTR_UNIQUE') || kinds.has('CONSTR_PRIMARY');
  const work = isWritten ? 'rewrite' : isIndexed ? 'build' : isHeld ? 'scan' : 'catalogue';
  const referenced = constraints.filter(({ contype }) => contype === 'CONSTR_FOREIGN');
  return [
    effect(subject, { does: `adds column ${column.colname}`, work }),
    ...referenced.map(({ pktable }) =>
      effect({ table: nameOf(pktable) }, { does: 'is referenced', lock: 'ShareRowExclusiveLock' }),
    ),
  ];
}

function isVolatile(expression: Node | undefined, { catalogue }: Subject): boolean {
  return functionsIn(expression).some((name) => catalogue.volatileFunctions.has(name));
}

function addConstraint(constraint: Constraint, subject: Subject): readonly Effect[] {
  const { contype, conname = 'without a name', indexname, skip_validation: unchecked = false } = constraint;
  const does = `adds constraint ${conname}`;
  if (contype === 'CONSTR_FOREIGN') {
    const lock = 'ShareRowExclusiveLock';
    const work = unchecked ? 'catalogue' : 'scan';
    return [
      effect(subject, { does, lock, work }),
      effect({ table: nameOf(constraint.pktable) }, { does: 'is referenced', lock, work }),
    ];
  }
  if (contype === 'CONSTR_CHECK' || contype === 'CONSTR_NOTNULL')
    return [effect(subject, { does, work: unchecked ? 'catalogue' : 'scan' })];
  if (indexname === undefined || indexname === '') return [effect(subject, { does, work: 'build' })];
  return [
    effect(subject, { does, work: contype === 'CONSTR_PRIMARY' ? primaryKeyWork(indexname, subject) : 'catalogue' }),
  ];
}

/** A primary key made of an index needs its columns not null, and looks at every row unless they are. */
function primaryKeyWork(indexname: string, { table, live, catalogue }: Subject): TableWork {
  const [schema] = table.split('.');
  const columns = catalogue.indexes.get(`${schema}.${indexname}`)?.columns ?? [];
  return columns.every((column) => live?.columns.get(column)?.notNull === true) ? 'catalogue' : 'scan';
}

function notNullWork(column: string | undefined, { live }: Subject): TableWork {
  if (column === undefined || live?.columns.get(column)?.notNull === true) return 'catalogue';
  const proof = new RegExp(`(^|AND |\\()"?${column}"? IS NOT NULL`);
  return live?.validChecks.some((check) => !/ OR /.test(check) && proof.test(check)) === true ? 'catalogue' : 'scan';
}

/** The tables at the other end of the foreign keys of a column. */
function linkedTo(column: string | undefined, { live }: Subject, told: Told): Effect[] {
  return (live?.linked.get(column ?? '') ?? []).map((table) => effect({ table }, told));
}

function dropConstraint({ name = '', behavior }: AlterTableCmd, subject: Subject): readonly Effect[] {
  const referenced = subject.live?.references.get(name);
  const own = effect(subject, { does: `drops constraint ${name}` });
  if (behavior === 'DROP_CASCADE' && referenced === undefined)
    return [
      own,
      ...(subject.live?.referencedBy ?? []).map((table) => effect({ table }, { does: 'loses a foreign key' })),
    ];
  return referenced === undefined ? [own] : [own, effect({ table: referenced }, { does: 'is no longer referenced' })];
}

function validateConstraint({ name = '' }: AlterTableCmd, subject: Subject): readonly Effect[] {
  const referenced = subject.live?.references.get(name);
  const own = effect(subject, { does: `validates constraint ${name}`, lock: 'ShareUpdateExclusiveLock', work: 'scan' });
  if (referenced === undefined) return [own];
  return [own, effect({ table: referenced }, { does: 'is looked up', lock: 'RowShareLock', work: 'scan' })];
}

function changeType({ name = '', def }: AlterTableCmd, subject: Subject): readonly Effect[] {
  const { typeName, raw_default: using } = columnIn(def);
  const from = subject.live?.columns.get(name)?.type;
  const stays = using === undefined && from !== undefined && typeName !== undefined && keepsEveryByte(from, typeName);
  return [
    effect(subject, { does: `changes the type of ${name}`, work: stays ? 'catalogue' : 'rewrite' }),
    ...linkedTo(name, subject, { does: 'is held against it', work: stays ? 'catalogue' : 'scan' }),
  ];
}

function partitionEffects({ subtype, def }: AlterTableCmd, subject: Subject): readonly Effect[] {
  const command = def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd : {};
  const partition = { table: nameOf(command.name) };
  const { defaultPartition } = subject.live ?? {};
  const besides = defaultPartition === undefined || defaultPartition === partition.table ? [] : [defaultPartition];
  if (subtype === 'AT_AttachPartition')
    return [
      effect(subject, { does: 'gets a partition', lock: 'ShareUpdateExclusiveLock' }),
      ...withChildren(
        [
          effect(partition, { does: 'becomes a partition', work: 'scan' }),
          ...besides.map((table) => effect({ table }, { does: 'is held against the new partition', work: 'scan' })),
        ],
        subject.catalogue,
      ),
    ];
  const lock = command.concurrent === true ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
  return [
    effect(subject, { does: 'loses a partition', lock }),
    effect(partition, { does: 'is no partition any more' }),
    ...besides.map((table) => effect({ table }, { does: 'is the default partition' })),
  ];
}
