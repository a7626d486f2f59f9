import { join } from 'node:path';
import { takeLockFile, type LockFile } from '../base/index.ts';
import { embeddedError } from './errors.ts';

/** Takes the data folder for this process. Throws `data_dir_in_use` while another stack runs on it. */
export async function lockDataFolder(dataDir: string): Promise<LockFile> {
  const lock = await takeLockFile(join(dataDir, 'lock'));
  if ('heldBy' in lock) throw inUse(dataDir, lock.heldBy);
  return lock;
}

function inUse(dataDir: string, pid: number): Error {
  return embeddedError('data_dir_in_use', {
    message: `a stack is running on ${dataDir} already (process ${pid})`,
    hint: `Stop it with Ctrl-C or \`kill ${pid}\`, or start a second one beside it: \`DATA_DIR=./data2 PORT=8081 npm start\`.`,
    details: { dataDir, pid },
  });
}
