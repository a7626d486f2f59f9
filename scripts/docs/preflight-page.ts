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
  '## What the migrator needs',
  '',
  'Its role sees the transactions and standbys of others only as a member of `pg_monitor` (`deploy/roles.sql` grants it; on a server set up before, run `grant pg_monitor to plimsoll_owner` as superuser). Without it what it may not see is a skip.',
  '',
  '## The checks',
  '',
  'In the order in which they are told. The first outcome that holds counts. This page is made from the sources by `node scripts/make-docs.ts`.',
];
