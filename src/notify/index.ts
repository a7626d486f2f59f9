export { createNotifier, type Notifier, type NotifyFigures } from './notifier.ts';
export { createWebhook } from './channels/webhook.ts';
export { createEmail } from './channels/email.ts';
export { testMessage } from './message.ts';
export { notifyError } from './errors.ts';
export { channelNames, type Channel, type Delivery } from './types.ts';
