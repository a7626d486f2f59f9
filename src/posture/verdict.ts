import type { Reason, Verdict, VerdictStatus } from '../contract/index.ts';
import type { PostureFacts } from './facts.ts';
import { headlineOf } from './headline.ts';
import type { Rule } from './rule.ts';
import { rules } from './rules.ts';

/** The one answer to "is it safe?": every rule that holds, worst first, and what follows from them. Pure. */
export function judge(facts: PostureFacts): Verdict {
  const held = rules
    .map((rule) => ({ rule, findings: rule.find(facts) }))
    .filter(({ findings }) => findings.length > 0);
  const reasons = held.flatMap(({ rule, findings }) => findings.map((finding) => reasonOf(rule, finding)));
  const status = statusOf(
    facts,
    held.map(({ rule }) => rule),
  );
  return { status, headline: headlineOf(status, reasons, facts), reasons };
}

function reasonOf({ code, severity }: Rule, { part, message, remedy }: Omit<Reason, 'code' | 'severity'>): Reason {
  return { code, severity, part, message, remedy };
}

/** Stopped, then cannot tell, then not yet; only what is left after those may be called ready or ok. */
function statusOf(facts: PostureFacts, held: readonly Rule[]): VerdictStatus {
  if (!facts.parts.gate.open || held.some((rule) => rule.severity === 'block')) return 'stopped';
  if (held.some((rule) => rule.cannotTell === true)) return 'unknown';
  if (held.some((rule) => rule.severity === 'warn')) return 'attention';
  return facts.parts.candidate?.state === 'ready' ? 'ready' : 'ok';
}
