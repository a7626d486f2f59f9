import { readFile, stat } from 'node:fs/promises';
import { embeddedError } from '../errors.ts';

/** An account of the machine that a child process is run as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account Postgres has to run as; undefined when this process is an ordinary user and simply stays itself.
 * Postgres refuses root, so root takes the owner of what is already there, else `postgres`, else `nobody`.
 */
export async function chooseAccount(home: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await ownerOf(home)) ?? accountFrom(await readFile('/etc/passwd', 'utf8'));
}

async function ownerOf(path: string): Promise<Account | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
}

/** Picks the account from the text of /etc/passwd. */
export function accountFrom(passwd: string): Account {
  const rows = passwd.split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const row = rows.find(([found]) => found === name);
    const [uid, gid] = [Number(row?.[2]), Number(row?.[3])];
    if (Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0) return { uid, gid };
  }
  throw embeddedError('embedded_no_account', {
    message: 'started as root, but /etc/passwd has no account "postgres" or "nobody" for Postgres to run as',
    hint: 'Run `useradd --system postgres` and start again, or start as an ordinary user.',
  });
}
