import { integer, mailAddresses, secretUrl, webhookSecret, type Setting } from './types.ts';

/** How people are notified. */
export const notifySettings = {
  NOTIFY_WEBHOOK_URL: secretUrl({
    optional: true,
    protocols: ['https:', 'http:'],
    help: 'Where the manager posts a message when the verdict changes, a bundle fails or grows old, or a scanner falls outside the protocol window. Needs `NOTIFY_WEBHOOK_SECRET`.',
  }),
  NOTIFY_WEBHOOK_SECRET: webhookSecret({
    optional: true,
    help: 'Key that signs these messages as the Standard Webhooks specification says; the receiver has the same. `echo whsec_$(openssl rand -base64 32)` makes one.',
  }),
  NOTIFY_SMTP_URL: secretUrl({
    optional: true,
    protocols: ['smtps:', 'smtp:'],
    help: 'Mail server for the same messages: `smtps://user:password@host:465`, or `smtp://…:587`, which has to offer STARTTLS unless it is on this machine. Needs `NOTIFY_EMAIL_FROM` and `NOTIFY_EMAIL_TO`.',
  }),
  NOTIFY_EMAIL_FROM: mailAddresses({ optional: true, help: 'Sender of these mails: one address.' }),
  NOTIFY_EMAIL_TO: mailAddresses({ optional: true, help: 'Who gets these mails.' }),
  NOTIFY_REMINDER_HOURS: integer({
    default: 24,
    min: 0,
    max: 720,
    help: 'Trouble that lasts is told of again after this many hours; 0 never.',
  }),
} as const satisfies Record<string, Setting<unknown>>;
