import { hostname } from 'node:os';
import release from '../../release.json' with { type: 'json' };
import { systemClock } from '../base/index.ts';
import { notifyError, testMessage } from '../notify/index.ts';
import { readSettings } from '../settings/index.ts';
import { jsonOption, type Command } from './command.ts';
import { notifySettings, readChannels } from './notify-inputs.ts';
import { markOf, writeJson } from './terminal.ts';

/** `plimsoll notify test`: sends a test message by every way that is configured. */
export const command: Command = {
  summary: 'Send a test message by every way that is configured, and say what came of each.',
  options: { ...jsonOption },
  settings: [...notifySettings, 'IMAGE_SHA'],
  exitCodes: {
    0: 'delivered by every way',
    1: 'no way is configured, or one is set by half',
    3: 'not delivered by at least one way',
  },
  run: async (context) => {
    const { channels } = readChannels(context);
    if (channels.length === 0)
      throw notifyError('notify_not_configured', {
        message: 'neither NOTIFY_WEBHOOK_URL nor NOTIFY_SMTP_URL is set, so there is nobody to notify',
        hint: 'Set one of them with what belongs to it; docs/notifications.md says how.',
      });
    const { IMAGE_SHA: imageSha } = readSettings(context.environment, ['IMAGE_SHA']);
    const message = testMessage(hostname(), { version: release.appVersion, imageSha }, systemClock.now());
    const outcomes = await Promise.all(
      channels.map(async (channel) => {
        const delivery = await channel.send(message);
        const reason = delivery.kind === 'delivered' ? null : delivery.reason;
        return { channel: channel.name, destination: channel.destination, delivered: reason === null, reason };
      }),
    );
    if (context.options['json'] === true) writeJson(context.stdout, { messageId: message.id, channels: outcomes });
    else for (const outcome of outcomes) context.stdout.write(`${lineOf(context.stdout, outcome)}\n`);
    return outcomes.every(({ delivered }) => delivered) ? 0 : 3;
  },
};

interface Outcome {
  readonly channel: string;
  readonly destination: string;
  readonly reason: string | null;
}

function lineOf(stdout: Parameters<typeof markOf>[0], { channel, destination, reason }: Outcome): string {
  if (reason === null) return `${markOf(stdout, 'good')} ${channel}: delivered to ${destination}`;
  return `${markOf(stdout, 'bad')} ${channel}: not delivered to ${destination}: ${reason}`;
}
