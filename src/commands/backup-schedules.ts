import type { ScheduleRule } from '../backups/index.ts';
import { parseCron } from '../base/index.ts';
import { invalidSettings, readSettings } from '../settings/index.ts';
import type { CommandContext } from './command.ts';

/** When bundles are taken and proven by themselves; undefined for `off`. Throws `settings_invalid` with all that is wrong. */
export function readSchedules({ environment }: Pick<CommandContext, 'environment'>): {
  take: ScheduleRule | undefined;
  prove: ScheduleRule | undefined;
} {
  const settings = readSettings(environment, ['BACKUP_SCHEDULE', 'BACKUP_PROVE_SCHEDULE', 'BACKUP_TIME_ZONE']);
  const problems: string[] = [];
  const read = (name: 'BACKUP_SCHEDULE' | 'BACKUP_PROVE_SCHEDULE'): ScheduleRule | undefined => {
    const [cron, zone] = [settings[name], settings.BACKUP_TIME_ZONE];
    if (cron === 'off') return undefined;
    const { times, fault } = parseCron(cron, zone);
    if (times !== undefined) return { cron, zone, times };
    problems.push(`${fault.field === 'cron' ? name : 'BACKUP_TIME_ZONE'} cannot be read: ${fault.message}`);
    return undefined;
  };
  const schedules = { take: read('BACKUP_SCHEDULE'), prove: read('BACKUP_PROVE_SCHEDULE') };
  if (problems.length > 0) throw invalidSettings([...new Set(problems)]);
  return schedules;
}
