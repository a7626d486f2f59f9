import { Encrypter } from 'age-encryption';
import { messageOf } from '../../base/index.ts';
import { sealingError } from './errors.ts';

/**
 * Reads the setting: X25519 recipients, separated by commas. Empty without the setting. Throws `age_recipients_invalid`,
 * also for other kinds of recipients that age knows, such as those of plugins.
 */
export function parseRecipients(text: string | undefined): readonly string[] {
  const entries = (text ?? '').split(',').map((entry) => entry.trim());
  const recipients = [...new Set(entries.filter((entry) => entry !== ''))];
  for (const recipient of recipients) requireRecipient(recipient);
  return recipients;
}

function requireRecipient(text: string): void {
  // Whoever mixes up the two halves of a key must not find the private one in a log.
  if (/^age-secret-key/i.test(text)) throw refuse('a private key (AGE-SECRET-KEY-…)');
  if (!/^age1[02-9ac-hj-np-z]{58}$/.test(text)) throw refuse(JSON.stringify(text.slice(0, 80)));
  try {
    new Encrypter().addRecipient(text);
  } catch (error) {
    throw refuse(`${text} (${messageOf(error)})`, error);
  }
}

function refuse(found: string, cause?: unknown): Error {
  return sealingError('age_recipients_invalid', {
    message: `BACKUP_AGE_RECIPIENTS must be X25519 recipients such as age1…, found ${found}`,
    hint: 'Make a key elsewhere with `age-keygen -o backup-key.txt`, and set BACKUP_AGE_RECIPIENTS to the public key it prints.',
    cause,
  });
}
