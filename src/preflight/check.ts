import { AppError, DeadlineExceeded, messageOf, withDeadline, listText } from '../base/index.ts';
import { databaseNames, type CheckStatus, type DatabaseName } from '../contract/index.ts';
import type { DatabaseUnderCheck, PreflightContext } from './context.ts';

/** What one check came to: its status, one sentence of evidence, and the command that mends it ('' if nothing is to be typed). */
export interface Finding {
  readonly status: CheckStatus;
  readonly message: string;
  readonly remedy: string;
}

/** A finding, and the words of the outcomes that made it: one, or one for each database; none where the check could not look or crashed. */
export interface Judgement extends Finding {
  readonly held: readonly string[];
}

/** One possible outcome of a check. They stand in order: the first that holds is the check's. */
export interface Outcome<Facts, Subject> {
  readonly status: CheckStatus;
  /** When it holds, in words, for docs/preflight.md. */
  readonly when: string;
  readonly holds: (facts: Facts) => boolean;
  readonly message: (facts: Facts, subject: Subject) => string;
  readonly remedy?: (facts: Facts, subject: Subject) => string;
}

interface CheckSpec<Facts, Subject> {
  /** Stable: scripts and docs/preflight.md know the check by it. */
  readonly code: string;
  readonly title: string;
  /** Why anybody should care, for docs/preflight.md. */
  readonly about: string;
  /** How long it may look, in milliseconds; default as long as a server may take to answer a connection and its statements. */
  readonly deadlineMs?: number;
  /** Looks, and changes nothing. What it throws becomes a skip if it names a reason, else a fail: the check has crashed. */
  readonly look: (subject: Subject, context: PreflightContext) => Promise<Facts>;
  readonly outcomes: readonly Outcome<Facts, Subject>[];
}

/** A check as the run and the documentation know it. */
export interface Check extends Pick<CheckSpec<never, never>, 'code' | 'title' | 'about'> {
  readonly outcomes: readonly { readonly status: CheckStatus; readonly when: string }[];
  readonly run: (context: PreflightContext) => Promise<Judgement>;
}

const defaultDeadlineMs = 15_000;

/** Makes a check that looks at the deployment as a whole. */
export function defineCheck<Facts>(spec: CheckSpec<Facts, PreflightContext>): Check {
  return { ...describe(spec), run: async (context) => await find(spec, context, context) };
}

/** Makes a check that looks at each database; the worst finding counts, and one that was not looked at is never passed over. */
export function defineDatabaseCheck<Facts>(spec: CheckSpec<Facts, DatabaseUnderCheck>): Check {
  const findIn = async (name: DatabaseName, context: PreflightContext): Promise<DatabaseFinding> =>
    Object.assign(await find(spec, context.databases[name], context), { name });
  return {
    ...describe(spec),
    run: async (context) =>
      combineDatabases(await Promise.all(databaseNames.map(async (name) => await findIn(name, context)))),
  };
}

function describe<Facts, Subject>({ code, title, about, outcomes }: CheckSpec<Facts, Subject>) {
  return { code, title, about, outcomes: outcomes.map(({ status, when }) => ({ status, when })) };
}

async function find<Facts, Subject extends { readonly label: string }>(
  { look, outcomes, deadlineMs = defaultDeadlineMs }: CheckSpec<Facts, Subject>,
  subject: Subject,
  context: PreflightContext,
): Promise<Judgement> {
  try {
    const facts = await withDeadline(deadlineMs, async () => await look(subject, context));
    const outcome = outcomes.find(({ holds }) => holds(facts));
    if (outcome === undefined) throw new Error('none of its outcomes holds');
    return {
      status: outcome.status,
      message: outcome.message(facts, subject),
      remedy: outcome.remedy?.(facts, subject) ?? '',
      held: [outcome.when],
    };
  } catch (error) {
    return { ...explain(error, subject.label, context), held: [] };
  }
}

function explain(error: unknown, label: string, { worded }: PreflightContext): Finding {
  const on = label === '' ? '' : ` on ${label}`;
  const isReason = error instanceof AppError || error instanceof DeadlineExceeded;
  if (!isReason) return { status: 'fail', message: `the check itself crashed${on}: ${messageOf(error)}`, remedy: '' };
  const message = label === '' ? messageOf(error) : `${label} was not looked at: ${messageOf(error)}`;
  return { status: 'skip', message, remedy: error instanceof AppError ? worded(error.hint) : '' };
}

const worstFirst = ['fail', 'warn', 'skip', 'pass'] as const;

/** A finding in one of the databases. */
interface DatabaseFinding extends Judgement {
  readonly name: DatabaseName;
}

/** Findings as one: the worst status, the sentences that are not well, or all of them when all are. */
export function combineDatabases(findings: readonly DatabaseFinding[]): Judgement {
  const status = worstFirst.find((candidate) => findings.some((finding) => finding.status === candidate)) ?? 'skip';
  const telling = findings.filter((finding) => status === 'pass' || finding.status !== 'pass');
  const ordered = worstFirst.flatMap((rank) => telling.filter((finding) => finding.status === rank));
  return {
    status,
    message: foldSentences(ordered).join('; '),
    remedy: [...new Set(ordered.map(({ remedy }) => remedy).filter((remedy) => remedy !== ''))].join('\n'),
    held: findings.flatMap(({ held }) => held),
  };
}

/** Sentences that say the same of several databases, as one that names them all. */
function foldSentences(findings: readonly DatabaseFinding[]): string[] {
  const names = new Map<string, string[]>();
  for (const { name, message } of findings) {
    const pattern = message.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), '\0');
    names.set(pattern, [...(names.get(pattern) ?? []), name]);
  }
  return [...names].map(([pattern, same]) => pattern.replaceAll('\0', listText(same)));
}
