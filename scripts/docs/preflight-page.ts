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
  '## Keeping a run to record it later',
  '',
  '`--output FILE` keeps the run in a file (mode 0600, without passwords) before it is recorded. If it cannot be recorded, because the config database is down or its role may not, preflight says so, ends with 2, and the file is recorded later:',
  '',
  '```sh',
  'docker compose --profile migrate run --rm -v "$PWD:/kept" migrator preflight --output /kept/run.json',
  'docker compose --profile migrate run --rm -v "$PWD:/kept" migrator preflight record /kept/run.json',
  '```',
  '',
  'In a checkout that is `npx plimsoll migrator preflight record FILE`; the word `migrator` may be left out. The file is not trusted: it has to be a run as preflight writes it, whole, not of a newer form, not of the future, with counts, status and fingerprint that follow from the rest, and of this deployment. A deployment is known by its servers and the names of its databases; at least one database has to be readable both times. Who ran it, when and on which host stays as it is in the file; who recorded it, and when, stands beside it. A run that is recorded already is left as it is.',
  '',
  '## The upgrade candidate',
  '',
  'The newest run that judged a release newer than the running one makes that release the upgrade candidate of Admin > Release, `plimsoll posture` and `GET /api/admin/release` (`candidate`), until it runs or an older one was judged. From the run come the manifest and what the parser and squawk found in the files; all else is worked out anew from what is so now: how far each database has to go, which migrations are still to come, who drops out of the protocol window, which queued jobs would have nobody, how far one can go back, what forbids it. [How the verdict is made](verdict.md#the-upgrade-candidate) has its states and the command that comes next in each.',
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
  '## What the migrator needs',
  '',
  'Its role sees the transactions and standbys of others only as a member of `pg_monitor` (`deploy/roles.sql` grants it; on a server set up before, run `grant pg_monitor to plimsoll_owner` as superuser). Without it what it may not see is a skip.',
  '',
  '## The checks',
  '',
  'In the order in which they are told. The first outcome that holds counts. This page is made from the sources by `node scripts/make-docs.ts`.',
];
