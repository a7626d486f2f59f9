import { AppError, messageOf } from '../../base/index.ts';
import { codeOf } from '../../postgres/index.ts';
import { targetError } from './errors.ts';

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const refused = new Set(['EACCES', 'EPERM', 'EROFS']);
const unavailable = new Set([
  'ENOENT',
  'ENOTDIR',
  'EIO',
  'ESTALE',
  'ENOTCONN',
  'ENODEV',
  'ETIMEDOUT',
  'EHOSTDOWN',
  'EMFILE',
]);

/** Names what a file system said while the target at `root` was used; gives back what is not its word. */
export function nameDiskFailure(error: unknown, target: { readonly name: string; readonly root: string }): unknown {
  if (error instanceof AppError) return error;
  const code = String(codeOf(error));
  const facts = { details: { target: target.name, path: target.root, systemCode: code }, cause: error };
  const where = `the backups folder ${target.root} (${target.name})`;
  if (full.has(code))
    return targetError('target_full', {
      message: `${where} has no room left (${code})`,
      hint: `Make room: \`df -h ${target.root}\` shows how much is free, \`plimsoll backup list\` what the bundles take.`,
      ...facts,
    });
  if (refused.has(code))
    return targetError('target_refused', {
      message: `${where} turns this account away: ${messageOf(error)}`,
      hint: `Make ${target.root} writable for the account the backup service runs as.`,
      ...facts,
    });
  if (code === 'ELOOP')
    return targetError('target_object_unsafe', {
      message: `a link lies in the place of a file in ${where}`,
      hint: `Find it with \`find ${target.root} -type l\` and remove it.`,
      ...facts,
    });
  if (!unavailable.has(code)) return error;
  return targetError('target_unavailable', {
    message: `${where} cannot be used: ${messageOf(error)}`,
    hint: `Mount the disk of ${target.root}, or point BACKUP_DIR at a folder that is there.`,
    ...facts,
  });
}
