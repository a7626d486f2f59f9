import { defineDatabaseCheck } from '../check.ts';
import { sizeText } from '../wording.ts';

/** Room that a server needs to go on at all. */
const alwaysBytes = 256e6;
/** Below this a migration needs no room worth looking for. */
const negligibleBytes = 64e6;

/** The disk has room for what the pending migrations write. */
export const freeSpace = defineDatabaseCheck({
  code: 'free_space',
  title: 'Free disk space',
  about:
    'A table that is rewritten stands on the disk twice until the transaction ends, and the write-ahead log takes as much again. Postgres cannot say how much room its disk has: it is read where the server runs on the machine that preflight runs on, and otherwise skipped as soon as the migrations need room.',
  look: async (database, { readFreeBytes }) => {
    const impacts = await database.impacts();
    const need = impacts.reduce((sum, { roomBytes }) => sum + roomBytes, 0);
    const [server] = await database.read<{ local: boolean; folder: string | null }>(
      `select coalesce(inet_server_addr() is null or inet_server_addr() <<= '127.0.0.0/8' or inet_server_addr() = '::1', true) as local,
         case when pg_has_role('pg_read_all_settings', 'usage') then current_setting('data_directory') end as folder`,
    );
    const isHere = server?.local === true && server.folder !== null;
    return { need, free: isHere ? await readFreeBytes(server.folder ?? '') : undefined };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'there is less room than the migrations need',
      holds: ({ need, free }) => free !== undefined && free < need + alwaysBytes,
      message: (facts, { name }) => sentence(name, facts),
      remedy: () => 'Free space on the disk of the database server, or give it a larger one.',
    },
    {
      status: 'warn',
      when: 'there is less than twice the room that they need',
      holds: ({ need, free }) => free !== undefined && free < 2 * need + alwaysBytes,
      message: (facts, { name }) => sentence(name, facts),
      remedy: () => 'Free space on the disk of the database server, or give it a larger one.',
    },
    {
      status: 'skip',
      when: 'they need room, and the disk of the server cannot be looked at from here',
      holds: ({ need, free }) => free === undefined && need >= negligibleBytes,
      message: ({ need }, { name }) =>
        `the pending migrations of ${name} need about ${sizeText(need)}, and how much its server has free cannot be seen from here`,
      remedy: () => 'df -h',
    },
    {
      status: 'pass',
      when: 'there is room, or they need none worth looking for',
      holds: () => true,
      message: (facts, { name }) => sentence(name, facts),
    },
  ],
});

function sentence(name: string, { need, free }: { readonly need: number; readonly free: number | undefined }): string {
  const wanted = need < negligibleBytes ? 'no room worth looking for' : `about ${sizeText(need)}`;
  return `the pending migrations of ${name} need ${wanted}${free === undefined ? '' : `, ${sizeText(free)} are free`}`;
}
