import { restoreError } from './errors.ts';
import type { JournalDatabase } from './journal.ts';

/**
 * Where one database of a restore is, by the names that are on the server:
 *
 * | live | restored | before | undone | standing                                          |
 * |------|----------|--------|--------|---------------------------------------------------|
 * | yes  | yes      | no     | no     | waiting: the new one is beside the old one         |
 * | no   | yes      | no     | no     | waiting, where there was none before; else unexpected |
 * | yes  | no       | yes    | no     | exchanged                                          |
 * | yes  | no       | no     | no     | exchanged where there was none before; else gone   |
 * | any  | no       | no     | yes    | back                                               |
 *
 * | no   | no       | no     | no     | gone where there was none before; else unexpected  |
 *
 * `gone`: what was there before is in place, and of the new one nothing is left. Everything else is unexpected: somebody was at it by hand.
 */
export type Standing = 'waiting' | 'exchanged' | 'back' | 'gone' | 'unexpected';

/** Tells the standing of one database. Pure. */
export function standingOf(database: JournalDatabase, there: ReadonlySet<string>): Standing {
  const { existed } = database;
  const [live, restored, before, undone] = [
    there.has(database.live),
    there.has(database.restored),
    there.has(database.before),
    there.has(database.undone),
  ];
  if (undone) return live === existed && !restored && !before ? 'back' : 'unexpected';
  if (restored) return live === existed && !before ? 'waiting' : 'unexpected';
  if (!live) return existed || before ? 'unexpected' : 'gone';
  if (before) return existed ? 'exchanged' : 'unexpected';
  return existed ? 'gone' : 'exchanged';
}

/** What is where it should not be. */
export function namesUnexpected(database: JournalDatabase, there: ReadonlySet<string>): Error {
  const { live, restored, before, undone } = database;
  const found = [live, restored, before, undone].filter((name) => there.has(name));
  return restoreError('restore_names_unexpected', {
    message: `of ${live}, ${restored}, ${before} and ${undone} the server has ${found.length === 0 ? 'none' : `only ${found.join(', ')}`}, which no step of a restore leaves behind`,
    hint: `Find out who renamed or dropped one (the server's log), rename it back with \`alter database … rename to …\`, then try again.`,
    details: { found },
  });
}
