import { systemClock, type Clock } from '../base/index.ts';
import { createEmail, createWebhook, type Channel } from '../notify/index.ts';
import { invalidSettings, readSettings, type SettingName } from '../settings/index.ts';
import type { CommandContext } from './command.ts';

/** The settings that say how people are notified. */
export const notifySettings = [
  'NOTIFY_WEBHOOK_URL',
  'NOTIFY_WEBHOOK_SECRET',
  'NOTIFY_SMTP_URL',
  'NOTIFY_EMAIL_FROM',
  'NOTIFY_EMAIL_TO',
  'NOTIFY_REMINDER_HOURS',
] as const satisfies readonly SettingName[];

/** Every way to notify people in this deployment. Throws `settings_invalid` for one that is set by half. */
export function readChannels(
  { environment }: Pick<CommandContext, 'environment'>,
  clock: Clock = systemClock,
): { readonly channels: readonly Channel[]; readonly reminderMs: number } {
  const settings = readSettings(environment, notifySettings);
  const { NOTIFY_WEBHOOK_URL: url, NOTIFY_WEBHOOK_SECRET: secret } = settings;
  const { NOTIFY_SMTP_URL: smtpUrl, NOTIFY_EMAIL_FROM: senders = [], NOTIFY_EMAIL_TO: to } = settings;
  const [from] = senders;
  const problems = [
    ...(senders.length > 1 ? [`NOTIFY_EMAIL_FROM must be one address, found ${senders.length}`] : []),
    ...missing({ NOTIFY_WEBHOOK_URL: url, NOTIFY_WEBHOOK_SECRET: secret }),
    ...missing({ NOTIFY_SMTP_URL: smtpUrl, NOTIFY_EMAIL_FROM: from, NOTIFY_EMAIL_TO: to }),
  ];
  if (problems.length > 0) throw invalidSettings(problems);
  const channels = [
    ...(url === undefined || secret === undefined ? [] : [createWebhook({ url, secret, clock })]),
    ...(smtpUrl === undefined || from === undefined || to === undefined ? [] : [createEmail({ smtpUrl, from, to })]),
  ];
  return { channels, reminderMs: settings.NOTIFY_REMINDER_HOURS * 3_600_000 };
}

/** All of them or none. */
function missing(together: Readonly<Record<string, unknown>>): string[] {
  const entries = Object.entries(together);
  const given = entries.filter(([, value]) => value !== undefined).map(([name]) => name);
  if (given.length === 0) return [];
  return entries
    .filter(([, value]) => value === undefined)
    .map(([name]) => `${name} is not set, but ${given.join(' and ')} ${given.length === 1 ? 'is' : 'are'}`);
}
