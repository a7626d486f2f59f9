import { checks, everythingLookedAt, type Check } from '../../src/preflight/index.ts';

/** docs/preflight.md: what preflight looks at, and every outcome of every check. */
export function preflightPage(): string {
  const sections = [...checks, everythingLookedAt].map(sectionOf);
  return [...introduction, ...sections.flat(), ''].join('\n');
}

function sectionOf({ code, title, about, outcomes }: Pick<Check, 'code' | 'title' | 'about' | 'outcomes'>): string[] {
  const rows = outcomes.map(({ status, when }) => `| ${status} | ${when} |`);
  return ['', `### ${code}`, '', `**${title}.** ${about}`, '', '| outcome | when |', '| --- | --- |', ...rows];
}

const introduction = [
  '# Preflight',
  '',
  'Preflight answers "is it safe to apply this upgrade?". It is run by an operator, from the image of the release to come, before anything is changed:',
  '',
  '```sh',
  'docker compose --profile migrate run --rm migrator preflight   # in a checkout: npx plimsoll migrator preflight',
  '```',
  '',
  'It judges the release that brought it (its manifest, its migrations, its settings) against the databases, the last backup and the scanners of now. It changes nothing but its own record in the config database, which Admin > Release shows.',
  '',
  '| exit code | means |',
  '| --- | --- |',
  '| 0 | pass |',
  '| 4 | warn: there is something to know, and nothing that forbids the upgrade |',
  '| 3 | fail; with `--strict` also warn |',
  '| 2 | could not run, or could not record what it found (which is printed all the same) |',
  '',
  'All checks run at the same time, each within a deadline of its own, in read-only transactions. A check that could not look is a `skip` with the reason, never a pass; one that crashes is a `fail`. The worst database counts.',
  '',
  'The record is kept for ever, with who ran it, when, on which host, for which release and image, and what was looked at. It needs no migration: its table is made beside the ledger by the first run that finds none, so it works before the first migration too.',
  '',
  '## When a run is stale',
  '',
  'A run that no longer describes the deployment is shown as stale, with the causes: a database was migrated since; the bundle that it relied on is gone or has become too old; more scanners would drop out than did then; it ran more than 24 hours ago. A part that cannot be read now makes nothing stale.',
  '',
  '## What the pending migrations would do',
  '',
  'Every pending file is read with the parser of Postgres itself and joined with what is there now. For each table that exists already the run says how strongly it is locked and whether its rows are left alone (catalogue only), read, indexed, or written anew; in one transaction every lock is held until its end. Sizes are those of the files, rows those of the last analyse, writes a second an average since the statistics began. Times are estimates by size (200 MB/s to read, 40 MB/s to write or index), meant to be rather too long than too short.',
  '',
  'A migration is dangerous when it loses data, or when it keeps a table of 100 MB or more, or one that is written once a second or more, from being used for two seconds or more. The run then fails and prints a hash of exactly the dangerous files; `--acknowledge HASH` says that somebody has read them. Another file, another hash. What runs code of its own (a `DO` block, a procedure, an extension) cannot be foreseen, and is a warning.',
  '',
  'What is done to a table with partitions is done to each of them, and told of each. What a function of your own does, what is written through a view, and what follows a changed search path is not in the statement: it is told as not to be foreseen, together with what is.',
  '',
  'Every claim about a lock, a rewrite or a scan is held against real Postgres by a test. Besides, the texts of others are run through it, which are no part of this repository:',
  '',
  '```sh',
  'apt-get source postgresql-18   # then src/test/regress/sql of its archive',
  'node scripts/lint-corpus.ts regress FOLDER',
  'node scripts/lint-corpus.ts squawk FOLDER   # crates/squawk_linter/src/rules of github.com/sbdchd/squawk',
  '```',
  '',
  '| corpus | read | outcome |',
  '| --- | --- | --- |',
  '| regression suite of Postgres 18.6 | 233 files, 45,414 statements | no crash, none that hangs; 22,512 foreseen, 16,387 touch no table, 6,063 told as not to be foreseen, 469 refused as the server refuses them |',
  '| regression suite of Postgres 15.18 | 219 files, 38,672 statements | no crash, none that hangs |',
  '| tests of 19 rules of squawk | 89 texts, in 44 of which the rule fires | found in all 44, and in no other |',
  '',
  '## What the migrator needs',
  '',
  'Its role sees the transactions and standbys of others only as a member of `pg_monitor` (`deploy/roles.sql` grants it; on a server set up before, run `grant pg_monitor to plimsoll_owner` as superuser). Without it what it may not see is a skip.',
  '',
  '## The checks',
  '',
  'In the order in which they are told. The first outcome that holds counts. This page is made from the sources by `node scripts/make-docs.ts`.',
];
