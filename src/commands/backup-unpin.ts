import { createBackupClient } from '../backups/client/index.ts';
import { askService, withBackupExits } from './backup-runs.ts';
import { findBackupService } from './backup-service.ts';
import { jsonOption, positional, type Command } from './command.ts';
import { operatorOf } from './operator.ts';
import { markOf, writeJson } from './terminal.ts';

/** `plimsoll backup unpin`: retention may take the bundle again. */
export const command: Command = {
  summary: 'Unpin a bundle, so that retention may remove it when its time comes.',
  positionals: ['bundle'],
  options: { ...jsonOption },
  settings: ['BACKUP_SERVICE_URL', 'BACKUP_SERVICE_TOKEN', 'OPERATOR'],
  exitCodes: { 0: 'it is not pinned', 1: 'the backup service could not be asked, or knows no such bundle' },
  run: async (context) =>
    await withBackupExits(async () => {
      const address = (await findBackupService(context)) ?? { url: undefined, token: undefined };
      const id = positional(context);
      const by = operatorOf(context);
      await askService(address, async () => await createBackupClient(address).unpin(id, by));
      if (context.options['json'] === true) writeJson(context.stdout, { bundleId: id, pinned: false });
      else context.stdout.write(`${markOf(context.stdout, 'good')} ${id} is not pinned\n`);
      return 0;
    }),
};
