import type { Clock } from '../base/index.ts';
import { targetOf } from '../postgres/index.ts';
import {
  databaseSectionNames,
  type DatabaseHealthReport,
  type DatabaseSectionName,
  type DatabaseSections,
  type PartError,
} from '../contract/index.ts';
import { commandsFor } from './commands.ts';
import { findBreaches, judge } from './judge.ts';
import {
  countDatabase,
  readDatabase,
  type Address,
  type Reading,
  type ReadingTerms,
  type SectionOutcome,
} from './read.ts';
import { cacheOf, growthOf, keepSample, type Sample } from './samples.ts';
import type { Counted } from './sections/size.ts';

/** Within this time everybody is shown the same reading. */
const freshMs = 2000;

type Part = DatabaseSections[DatabaseSectionName];

const notReadYet: PartError = { code: 'not_read_yet', message: 'not read yet' };

/** One database, read when somebody looks; what was read is kept until it is read again. */
export interface Watch {
  /** Begins to read, unless a reading is under way or a moment old; resolves when it is over. */
  refresh(): Promise<void>;
  /** Counts what growth is told from. */
  count(): Promise<void>;
  report(): DatabaseHealthReport;
  /** Whether the last reading ended in silence: then nobody waits for the next. */
  isSilent(): boolean;
  samples(): readonly Sample[];
  recall(samples: readonly Sample[]): void;
  /** Resolves when no reading is under way. */
  settled(): Promise<void>;
}

/** Makes the watch of one database; nothing connects before it is first asked to. */
export function createWatch(address: Address, terms: ReadingTerms): Watch {
  const { name, url } = address;
  const target = targetOf({ name, url }).label;
  const commands = commandsFor(name, url);
  const nothing: Part = { value: null, readAt: null, error: notReadYet, hidden: null };
  let sections = Object.fromEntries(databaseSectionNames.map((key) => [key, nothing])) as DatabaseSections;
  let samples: readonly Sample[] = [];
  let error: PartError | null = notReadYet;
  let remedy = '';
  let askedAt: Date | null = null;
  let readAt: Date | null = null;
  let under: Promise<void> | undefined;

  const keep = (reading: Reading): void => {
    const { counted, ...others } = reading.sections;
    const parts: Record<string, SectionOutcome<unknown>> = { ...others };
    if (counted !== undefined) Object.assign(parts, tellCounted(counted, samples, terms.clock));
    if (counted !== undefined && 'value' in counted) samples = keepSample(samples, counted.value, counted.readAt);
    const entries = Object.entries(parts).map(([key, outcome]) => [
      key,
      after(sections[key as DatabaseSectionName], outcome),
    ]);
    sections = { ...sections, ...(Object.fromEntries(entries) as Partial<DatabaseSections>) };
    ({ error, remedy } = reading);
    if (error === null) readAt = terms.clock.now();
  };
  const read = async (): Promise<void> => {
    keep(await readDatabase(address, terms));
    under = undefined;
  };
  const isFresh = (): boolean =>
    askedAt !== null && Math.abs(terms.clock.now().getTime() - askedAt.getTime()) < freshMs;
  return {
    refresh: async () => {
      if (under === undefined && !isFresh()) {
        askedAt = terms.clock.now();
        under = read();
      }
      await under;
    },
    count: async () => {
      const { counted } = (await countDatabase(address, terms)).sections;
      if (counted !== undefined && 'value' in counted) samples = keepSample(samples, counted.value, counted.readAt);
    },
    report: () => {
      const subject = { name, sections, commands };
      const breaches = findBreaches(subject);
      const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
      const times = { readAt: iso(readAt), askedAt: iso(askedAt) };
      return { name, ...judge(subject, breaches, error), breaches, target, error, remedy, ...times, sections };
    },
    isSilent: () => error?.code === 'database_timeout',
    samples: () => samples,
    recall: (known) => {
      samples = [...known, ...samples];
    },
    settled: async () => await under,
  };
}

/** What failed keeps what was read before, with its time. */
function after(before: Part, outcome: SectionOutcome<unknown>): Part {
  if ('error' in outcome) return { ...before, error: outcome.error };
  const { value, readAt, hidden } = outcome;
  return { value, readAt: readAt.toISOString(), error: null, hidden } as Part;
}

/** Size and cache are told against what was counted before. */
function tellCounted(
  counted: SectionOutcome<Counted>,
  samples: readonly Sample[],
  clock: Clock,
): Record<'size' | 'cache', SectionOutcome<unknown>> {
  if ('error' in counted) return { size: counted, cache: counted };
  const at = clock.now();
  const { value, readAt } = counted;
  return {
    size: { value: { bytes: value.bytes, growth: growthOf(samples, value, at) }, readAt, hidden: null },
    cache: { value: cacheOf(samples, value, at), readAt, hidden: null },
  };
}
