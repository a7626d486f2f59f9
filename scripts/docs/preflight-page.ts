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
  '## Rehearsal',
  '',
  '```sh',
  'docker compose --profile migrate run --rm migrator rehearse   # or: … migrator preflight --rehearse',
  '```',
  '',
  'restores the latest bundle (`--bundle ID` another one; `--identity FILE` opens an encrypted one) into scratch databases, runs exactly the pending migrations there with the code that runs them for real, and measures each: time, the strongest lock on each table and how long it was held, write-ahead log, disk and temporary files, rows written. Afterwards it counts the rows again, looks for drift, and compares the schema with that of a fresh install of the same release. The scratch databases lie beside the running ones, or on the server of `REHEARSAL_DATABASE_URL`; room is looked for first, and they are dropped whatever happens. What a killed rehearsal leaves is dropped by the next one, by the next run of the migrator, and by the backup service when it starts, as far as its role has made it; a living one is known by a lock that its session holds.',
  '',
  '| exit code of `rehearse` | means |',
  '| --- | --- |',
  '| 0 | rehearsed, or nothing is pending |',
  '| 3 | a migration failed, or the schema is not what it should be afterwards |',
  '| 2 | could not be rehearsed, was stopped by Ctrl-C, or could not be recorded |',
  '',
  'It is recorded beside the runs of preflight, for exactly the migrations that were pending. Preflight then expects the measured times. `preflight --rehearse` that cannot rehearse skips that check with the reason and goes on with the others.',
  '',
  '## What the pending migrations would do',
  '',
  'Every pending file is read with the parser of Postgres itself and joined with what is there now. For each table that exists already the run says how strongly it is locked and whether its rows are left alone (catalogue only), read, indexed, or written anew; in one transaction every lock is held until its end. Sizes are those of the files, rows those of the last analyse, writes a second an average since the statistics began. How long it is expected to take is never guessed: it comes from a rehearsal of exactly these migrations, else from what earlier migrations took here for the bytes that preflight saw them go through, else it is not known. Size alone (200 MB/s to read, 40 MB/s to write or index) only decides whether somebody has to read a migration that nobody has measured.',
  '',
  'A migration is dangerous when it loses data, or when it keeps a table of 100 MB or more, or one that is written once a second or more, from being used for two seconds or more. The run then fails and prints a hash of exactly the dangerous files; `--acknowledge HASH` says that somebody has read them. Another file, another hash. What runs code of its own (a `DO` block, a procedure, an extension) cannot be foreseen, and is a warning.',
  '',
  '## What the migrator needs',
  '',
  'Its role sees the transactions and standbys of others only as a member of `pg_monitor` (`deploy/roles.sql` grants it; on a server set up before, run `grant pg_monitor to plimsoll_owner` as superuser). Without it what it may not see is a skip.',
  '',
  '## The checks',
  '',
  'In the order in which they are told. The first outcome that holds counts. This page is made from the sources by `node scripts/make-docs.ts`.',
];
