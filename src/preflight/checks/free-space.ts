import { sizeText } from '../../base/index.ts';
import { defineDatabaseCheck } from '../check.ts';
import type { DatabaseUnderCheck } from '../context.ts';
import { roomOf, type Room } from '../impact/cost.ts';

/** Room that a server needs to go on at all. */
const alwaysBytes = 256e6;
/** Below this a migration needs no room worth looking for. */
const negligibleBytes = 64e6;

/** A disk of the server, and what the migrations need there. */
interface Disk {
  /** Empty for the server's own. */
  readonly folder: string;
  readonly need: number;
  readonly free: number | undefined;
}

/** The disks have room for what the pending migrations write. */
export const freeSpace = defineDatabaseCheck({
  code: 'free_space',
  title: 'Free disk space',
  about:
    'A table that is rewritten stands on the disk twice until the transaction ends, and the write-ahead log takes as much again. The folder of the server is looked at, and that of each tablespace that is written to. Postgres cannot say how much room its disks have: they are read where the server runs on the machine that preflight runs on, and otherwise skipped as soon as the migrations need room.',
  look: async (database, { readFreeBytes }) => {
    const [rooms, own] = await Promise.all([readRooms(database), readFolder(database)]);
    const read = async (folder: string): Promise<Disk> => ({
      folder,
      need: needOf(rooms, folder),
      free: own === undefined ? undefined : await readFreeBytes(folder === '' ? own : folder),
    });
    const folders = [...new Set(['', ...rooms.map(({ folder }) => folder)])];
    return { disks: mergeSame(await Promise.all(folders.map(read))) };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'there is less room than the migrations need',
      holds: ({ disks }) => disks.some((disk) => isShort(disk, 1)),
      message: ({ disks }, { name }) =>
        sentence(
          name,
          disks.filter((disk) => isShort(disk, 1)),
        ),
      remedy: () => 'Free space on the disk of the database server, or give it a larger one.',
    },
    {
      status: 'warn',
      when: 'there is less than twice the room that they need',
      holds: ({ disks }) => disks.some((disk) => isShort(disk, 2)),
      message: ({ disks }, { name }) =>
        sentence(
          name,
          disks.filter((disk) => isShort(disk, 2)),
        ),
      remedy: () => 'Free space on the disk of the database server, or give it a larger one.',
    },
    {
      status: 'skip',
      when: 'they need room, and the disk of the server cannot be looked at from here',
      holds: ({ disks }) => disks.some(({ need, free }) => free === undefined && need >= negligibleBytes),
      message: ({ disks }, { name }) =>
        `the pending migrations of ${name} need about ${sizeText(disks.reduce((sum, { need }) => sum + need, 0))}, and how much its server has free cannot be seen from here`,
      remedy: () => 'df -h',
    },
    {
      status: 'pass',
      when: 'there is room, or they need none worth looking for',
      holds: () => true,
      message: ({ disks }, { name }) => sentence(name, disks),
    },
  ],
});

async function readRooms({ impacts, catalogue }: DatabaseUnderCheck): Promise<readonly Room[]> {
  const effects = (await impacts()).flatMap((impact) => impact.effects);
  if (effects.length === 0) return [];
  const { tables } = await catalogue();
  return effects.flatMap((effect) => roomOf(effect, tables.get(effect.table)?.tablespace ?? ''));
}

/** The server's own folder; undefined when it is on another machine, or the migrator's role may not know. */
async function readFolder({ read }: DatabaseUnderCheck): Promise<string | undefined> {
  const [server] = await read<{ local: boolean; folder: string | null }>(
    `select coalesce(inet_server_addr() is null or inet_server_addr() <<= '127.0.0.0/8' or inet_server_addr() = '::1', true) as local,
       case when pg_has_role('pg_read_all_settings', 'usage') then current_setting('data_directory') end as folder`,
  );
  return server?.local === true ? (server.folder ?? undefined) : undefined;
}

function needOf(rooms: readonly Room[], folder: string): number {
  return rooms.reduce((sum, room) => sum + (room.folder === folder ? room.bytes : 0), 0);
}

/** Two folders with the very same free space are taken for one disk, on which the needs of both have to fit. */
function mergeSame(disks: readonly Disk[]): Disk[] {
  const merged = new Map<number | undefined, Disk>();
  for (const disk of disks) {
    const other = merged.get(disk.free);
    merged.set(disk.free, other === undefined ? disk : { ...other, need: other.need + disk.need });
  }
  return [...merged.values()];
}

function isShort({ folder, need, free }: Disk, times: number): boolean {
  return free !== undefined && free < times * need + (folder === '' ? alwaysBytes : 0);
}

function sentence(name: string, disks: readonly Disk[]): string {
  return `the pending migrations of ${name} need ${disks.map(diskText).join(', and ')}`;
}

function diskText({ folder, need, free }: Disk): string {
  const isToTell = folder !== '' || need >= negligibleBytes;
  const wanted = isToTell ? `about ${sizeText(need)}` : 'no room worth looking for';
  return `${wanted}${folder === '' ? '' : ` in ${folder}`}${free === undefined ? '' : `, ${sizeText(free)} are free`}`;
}
