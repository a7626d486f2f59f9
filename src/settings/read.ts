import { readFileSync } from 'node:fs';
import { messageOf } from '../base/index.ts';
import { settings, type SettingName } from './declarations.ts';
import { settingsError } from './errors.ts';
import type { Setting } from './types.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

type ValueOf<N extends SettingName> = (typeof settings)[N] extends Setting<infer T> & { optional: true }
  ? T | undefined
  : (typeof settings)[N] extends Setting<infer T>
    ? T
    : never;

export type SettingValues<N extends SettingName> = { readonly [K in N]: ValueOf<K> };

/**
 * Reads the named settings. `NAME` wins over nothing and clashes with `NAME_FILE`; an empty text counts as unset.
 * Throws `settings_invalid` listing every problem at once; a malformed value never falls back to its default.
 */
export function readSettings<const N extends SettingName>(
  environment: Environment,
  names: readonly N[],
): SettingValues<N> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const outcome = readOne(environment, name, settings[name]);
    if ('problem' in outcome) problems.push(`${name} ${outcome.problem}`);
    else values[name] = outcome.value;
  }
  problems.push(...unknownNames(environment));
  if (problems.length > 0) throw invalidSettings(problems);
  return values as SettingValues<N>;
}

function readOne(
  environment: Environment,
  name: SettingName,
  setting: Setting<unknown>,
): { value: unknown } | { problem: string } {
  const found = readText(environment, name, setting);
  if ('problem' in found) return found;
  const text = found.text ?? setting.defaultText;
  return text === undefined ? { value: undefined } : setting.parse(text);
}

function readText(
  environment: Environment,
  name: string,
  setting: Setting<unknown>,
): { text: string | undefined } | { problem: string } {
  const direct = nonEmpty(environment[name]);
  const path = setting.secret ? nonEmpty(environment[`${name}_FILE`]) : undefined;
  if (path === undefined) return { text: direct };
  if (direct !== undefined) return { problem: `is set twice: by ${name} and by ${name}_FILE; keep one` };
  try {
    return { text: nonEmpty(readFileSync(path, 'utf8').trimEnd()) };
  } catch (error) {
    return { problem: `cannot be read from its file: ${messageOf(error)}` };
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

/** Names that look like ours but are not: PLIMSOLL_*, and anything one or two letters away from a setting. */
function unknownNames(environment: Environment): string[] {
  const known = knownNames();
  const candidates = [...known].map((name) => ({ name, thirds: thirdsOf(name) }));
  return Object.keys(environment)
    .filter((name) => !known.has(name) && mayBeMeant(name) && !isServiceLink(name, environment[name] ?? ''))
    .flatMap((name) => {
      const bare = name.replace(/^PLIMSOLL_/, '');
      const nearest = candidates.find((candidate) => isNear(bare, candidate))?.name;
      if (nearest !== undefined) return [`${name} is not a setting; did you mean ${nearest}?`];
      return name === bare ? [] : [`${name} is not a setting; see \`plimsoll --help\``];
    });
}

/** Of compose.yaml and its .env, which say which images there are; no program reads them. */
const composeNames = /^PLIMSOLL_(\w+_)?IMAGE$/;

/** Names of six letters and less are everybody's, such as HOST or PATH. */
function mayBeMeant(name: string): boolean {
  if (composeNames.test(name)) return false;
  return name.startsWith('PLIMSOLL_') || name.length > 6;
}

/**
 * What Kubernetes and Docker put into a container for a service that happens to be called plimsoll.
 * Source: Kubernetes, "Discovering services", environment variables.
 */
function isServiceLink(name: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?$/.test(name) ||
    (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value))
  );
}

function knownNames(): Set<string> {
  const names = Object.entries(settings).flatMap(([name, setting]) =>
    setting.secret ? [name, `${name}_FILE`] : [name],
  );
  return new Set(names);
}

interface Candidate {
  readonly name: string;
  readonly thirds: readonly [string, string, string];
}

function thirdsOf(name: string): Candidate['thirds'] {
  const first = Math.floor(name.length / 3);
  const second = Math.floor((name.length * 2) / 3);
  return [name.slice(0, first), name.slice(first, second), name.slice(second)];
}

/** Two slips leave one third of a name intact: a sieve without loss, for the whole environment passes through here. */
function isNear(name: string, { name: candidate, thirds }: Candidate): boolean {
  if (Math.abs(candidate.length - name.length) > 2) return false;
  return thirds.some((third) => name.includes(third)) && editDistance(name, candidate) <= 2;
}

/** Levenshtein distance, row by row. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/** The error that lists what is wrong with the settings. */
export function invalidSettings(problems: readonly string[]): Error {
  return settingsError('settings_invalid', {
    message: `${problems.length === 1 ? 'one setting is' : `${problems.length} settings are`} wrong: ${problems.join('; ')}`,
    hint: 'Correct the environment and start again; `plimsoll --help` lists every setting.',
    details: { problems },
  });
}
