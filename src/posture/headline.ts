import type { Reason, VerdictStatus } from '../contract/index.ts';
import type { PostureFacts } from './facts.ts';
import { rules } from './rules.ts';

/** The verdict in one line that names its evidence. Holds no age, so that it changes only when the facts do. */
export function headlineOf(status: VerdictStatus, reasons: readonly Reason[], facts: PostureFacts): string {
  switch (status) {
    case 'stopped':
      return stopped(reasons, facts);
    case 'unknown':
      return `Cannot tell: ${listOf(unreadParts(reasons))} could not be read.`;
    case 'attention':
      return notYet(reasons);
    case 'ready':
      return ready(facts);
    case 'ok':
      return `Running well: ${listOf(facts.parts.databases.map(({ name }) => name))} are fit for ${facts.parts.app.version}, and the gate is open.`;
  }
}

const stoppedBecause: Readonly<Record<string, (one: boolean) => string>> = {
  maintenance: () => 'is under maintenance',
  schema_unknown: () => 'cannot be read',
  schema_dirty: (one) => `${one ? 'has' : 'have'} an interrupted migration`,
  schema_ahead: (one) => `${one ? 'is' : 'are'} too new for this release`,
  schema_behind: (one) => `${one ? 'is' : 'are'} behind`,
};

function stopped(reasons: readonly Reason[], { parts }: PostureFacts): string {
  if (parts.databases.every(({ error }) => error?.code === 'not_read_yet'))
    return 'Stopped: the gate stays closed until the databases have been read.';
  const blocks = reasons.filter(({ severity }) => severity === 'block');
  const [only] = parts.gate.closedParts;
  if (blocks.length === 1 && only !== undefined && only.code !== 'schema_unknown')
    return `Stopped, the gate is closed: ${only.message}.`;
  const clauses = Object.entries(stoppedBecause).flatMap(([code, say]) => {
    const names = blocks.filter((reason) => reason.code === code).map(({ part }) => part);
    return names.length === 0 ? [] : [`${listOf(names)} ${say(names.length === 1)}`];
  });
  return `Stopped, the gate is closed: ${clauses.join('; ')}.`;
}

const partNames: Readonly<Record<string, string>> = {
  backup: 'the last backup',
  scanners: 'the scanner fleet',
  preflight: 'the preflight record',
  queue: 'the job queue',
};

function unreadParts(reasons: readonly Reason[]): string[] {
  const unreadable = new Set(rules.filter(({ cannotTell }) => cannotTell).map(({ code }) => code));
  return reasons
    .filter(({ code }) => unreadable.has(code))
    .map(({ code, part }) => (code === 'drift_unknown' ? `the live schema of ${part}` : (partNames[part] ?? part)));
}

function notYet(reasons: readonly Reason[]): string {
  const open = reasons.filter(({ severity }) => severity !== 'info');
  const first = open[0]?.message ?? '';
  return open.length === 1
    ? `Not yet, 1 thing to do: ${first}.`
    : `Not yet, ${open.length} things to do, first: ${first}.`;
}

function ready({ parts: { candidate } }: PostureFacts): string {
  const at = candidate?.run.ranAt.slice(0, 16).replace('T', ' at ') ?? '';
  return `Ready to upgrade to ${candidate?.version}: its preflight passed on ${at} UTC and nothing read since speaks against it.`;
}

/** `a`, `a and b`, `a, b and c`. */
function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
