import { randomBytes } from 'node:crypto';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseAccount, homeError, runAs, type Account } from './postgres/index.ts';
import { embeddedError } from './errors.ts';
import { writeDurably } from '../base/index.ts';
import { readIfThere } from './files.ts';

const markerName = 'postgres-location';
const ownerName = 'data-folder';

/**
 * Says where the cluster of a data folder lives: inside it, as a rule. Root runs Postgres as another account, and when
 * that cannot enter the data folder (a checkout under /root), the cluster goes to `elsewhere`, for good: the place
 * is written down in the data folder.
 */
export async function placeCluster(dataDir: string, elsewhere = '/var/lib/plimsoll'): Promise<string> {
  const marked = await readIfThere(join(dataDir, markerName));
  if (marked !== undefined) return await confirmPlace(dataDir, marked.trim());
  const inside = join(dataDir, 'postgres');
  const account = await chooseAccount(inside);
  if (account === undefined || (await canEnter(account, dataDir))) return inside;
  if (await exists(inside)) throw outOfReach(inside, account);
  return await chooseElsewhere(dataDir, elsewhere);
}

/** Whether the account can pass through a folder: asked of the system, which knows modes, ACLs and mounts. */
async function canEnter(account: Account, folder: string): Promise<boolean> {
  const end = await runAs(account, ['/bin/sh', '-c', 'cd "$1"', 'sh', folder]);
  return end.code === 0;
}

async function chooseElsewhere(dataDir: string, elsewhere: string): Promise<string> {
  const home = join(elsewhere, randomBytes(8).toString('hex'));
  try {
    await mkdir(elsewhere, { recursive: true, mode: 0o755 });
    await mkdir(home);
    await writeDurably(join(home, ownerName), `${dataDir}\n`);
  } catch (error) {
    throw homeError(home, error);
  }
  await writeDurably(join(dataDir, markerName), `${home}\n`);
  return home;
}

/** A copied data folder names the cluster of the original: two stacks on one cluster would stop each other. */
async function confirmPlace(dataDir: string, home: string): Promise<string> {
  const owner = (
    await readIfThere(join(home, ownerName)).catch((error: unknown) => {
      throw homeError(home, error);
    })
  )?.trim();
  if (owner === dataDir) return home;
  if (owner === undefined) throw lost(dataDir, home);
  const rival = (await readIfThere(join(owner, markerName)).catch(() => undefined))?.trim();
  if (rival === home) throw copied(dataDir, owner, home);
  await writeDurably(join(home, ownerName), `${dataDir}\n`);
  return home;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

function outOfReach(home: string, account: Account): Error {
  return embeddedError('embedded_home_unusable', {
    message: `the account Postgres runs as (uid ${account.uid}) can no longer enter ${home}`,
    hint: `Open the way with \`chmod o+x\` on the folders above it, and start again.`,
  });
}

function lost(dataDir: string, home: string): Error {
  return embeddedError('cluster_lost', {
    message: `${join(dataDir, markerName)} says that the databases are in ${home}, which is not there`,
    hint: `Bring that folder back, or start with a new one: \`DATA_DIR=/other/folder npm start\`.`,
    details: { dataDir, home },
  });
}

function copied(dataDir: string, owner: string, home: string): Error {
  return embeddedError('cluster_lost', {
    message: `${dataDir} is a copy of ${owner}, and the databases of both are in ${home}`,
    hint: `Remove the copy, or start with a new folder: \`DATA_DIR=/other/folder npm start\`.`,
    details: { dataDir, owner, home },
  });
}
