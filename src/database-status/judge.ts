import {
  breachSeverities,
  databaseSectionNames,
  type Breach,
  type DatabaseHealth,
  type DatabaseHealthReport,
  type PartError,
} from '../contract/index.ts';
import { replicationRules } from './rules/replication.ts';
import type { Subject } from './rules/rule.ts';
import { serverRules } from './rules/server.ts';
import { sessionRules } from './rules/sessions.ts';
import { storageRules } from './rules/storage.ts';

const rules = [...serverRules, ...sessionRules, ...replicationRules, ...storageRules];

/** What is out of order, worst first. */
export function findBreaches(subject: Subject): Breach[] {
  const rank = ({ severity }: Breach): number => breachSeverities.indexOf(severity);
  return rules.flatMap((rule) => rule(subject)).toSorted((left, right) => rank(left) - rank(right));
}

/**
 * The status and its sentence. What cannot be read is never well: without any answer nothing that was known before counts,
 * and with parts missing it is at best unknown.
 */
export function judge(
  { name, sections }: Pick<Subject, 'name' | 'sections'>,
  breaches: readonly Breach[],
  error: PartError | null,
): Pick<DatabaseHealthReport, 'status' | 'headline'> {
  if (error !== null) return { status: 'unknown', headline: error.message };
  const [worst] = breaches;
  const status = statusOf(worst);
  if (worst !== undefined && status !== 'ok') return { status, headline: worst.message };
  const unread = databaseSectionNames.filter((section) => sections[section].error !== null);
  const hidden = databaseSectionNames.filter((section) => sections[section].hidden !== null);
  if (unread.length > 0)
    return {
      status: 'unknown',
      headline: `nothing is out of order that could be read; not read: ${unread.join(', ')}`,
    };
  if (hidden.length > 0)
    return {
      status: 'unknown',
      headline: `nothing is out of order that may be seen; partly hidden: ${hidden.join(', ')}`,
    };
  return { status, headline: worst === undefined ? `${name} is in order` : worst.message };
}

function statusOf(worst: Breach | undefined): DatabaseHealth {
  if (worst === undefined || worst.severity === 'info') return 'ok';
  return worst.severity === 'critical' ? 'critical' : 'attention';
}
