import type { RetentionPolicy } from '../../contract/index.ts';
import { retentionError } from './errors.ts';

const rules = ['last', 'daily', 'weekly', 'monthly'] as const;
const most = 10_000;

/** Reads `last=7,daily=7,weekly=4,monthly=6`; a rule that is left out keeps none. Throws `retention_invalid`. */
export function parseRetention(setting: string, text: string): RetentionPolicy {
  const policy = { last: 1, daily: 0, weekly: 0, monthly: 0 };
  const seen = new Set<string>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const [, name = '', count = ''] = /^([a-z]+)\s*=\s*(\d{1,5})$/.exec(part) ?? [];
    const rule = rules.find((known) => known === name);
    if (rule === undefined)
      throw refuse(setting, `${JSON.stringify(part)} is not one of ${rules.join(', ')} with a number`);
    if (seen.has(rule)) throw refuse(setting, `${rule} stands there twice`);
    if (Number(count) > most) throw refuse(setting, `${rule}=${count} is more than ${most}`);
    seen.add(rule);
    policy[rule] = Number(count);
  }
  if (policy.last < 1) throw refuse(setting, 'last=0 would keep no bundle that was just taken');
  return policy;
}

function refuse(setting: string, found: string): Error {
  return retentionError('retention_invalid', {
    message: `${setting} cannot be read: ${found}`,
    hint: `Set ${setting} to something like last=7,daily=7,weekly=4,monthly=6.`,
  });
}
