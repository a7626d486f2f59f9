import type { Command } from './command.ts';

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/**
 * Every command by its words. Each is loaded only when asked for: start-up pays for nothing it does not use.
 */
export const registry: Readonly<Record<string, Entry>> = {
  manager: {
    summary: 'Run the manager: the HTTP API and the admin pages.',
    load: async () => (await import('./manager.ts')).command,
  },
  'user add': { summary: 'Add a user.', load: async () => (await import('./user-add.ts')).command },
  'user passwd': {
    summary: "Set a user's password and end the user's sessions.",
    load: async () => (await import('./user-passwd.ts')).command,
  },
  'user list': { summary: 'List the users.', load: async () => (await import('./user-list.ts')).command },
  'user disable': {
    summary: 'Switch a user off and end the sessions of that user.',
    load: async () => (await import('./user-disable.ts')).command,
  },
  'user enable': {
    summary: 'Switch a user on again.',
    load: async () => (await import('./user-enable.ts')).command,
  },
  'token create': {
    summary: 'Make an API token and print it, once.',
    load: async () => (await import('./token-create.ts')).command,
  },
  'token revoke': { summary: 'Revoke an API token.', load: async () => (await import('./token-revoke.ts')).command },
  'token list': { summary: 'List the API tokens.', load: async () => (await import('./token-list.ts')).command },
  posture: {
    summary: 'Show whether this deployment is fit to run and safe to upgrade.',
    load: async () => (await import('./posture.ts')).command,
  },
  'posture history': {
    summary: 'Show what changed of the posture, when and by whom, and when nobody was watching.',
    load: async () => (await import('./posture-history.ts')).command,
  },
  'posture at': {
    summary: 'Show the posture as it was recorded last at or before a time.',
    load: async () => (await import('./posture-at.ts')).command,
  },
  'posture evidence': {
    summary: 'Write signed evidence of the state of this deployment, with a page to read.',
    load: async () => (await import('./posture-evidence.ts')).command,
  },
  'posture evidence verify': {
    summary: 'Verify evidence: its signature, and the page beside it.',
    load: async () => (await import('./posture-evidence-verify.ts')).command,
  },
  'posture evidence key': {
    summary: 'Print the public key by which the evidence of this deployment is verified.',
    load: async () => (await import('./posture-evidence-key.ts')).command,
  },
  up: {
    summary: 'Run everything on this machine, with an embedded Postgres.',
    load: async () => (await import('./up.ts')).command,
  },
  scanner: {
    summary: 'Probe endpoints for a manager: enrol, lease jobs, return what was found.',
    load: async () => (await import('./scanner.ts')).command,
  },
  'migrator migrate': {
    summary: 'Bring the databases to the versions that this release requires.',
    load: async () => (await import('./migrator-migrate.ts')).command,
  },
  'migrator status': {
    summary: 'Show what is applied to each database against what this release requires.',
    load: async () => (await import('./migrator-status.ts')).command,
  },
  'migrator history': {
    summary: 'Show which migrations were applied, newest first.',
    load: async () => (await import('./migrator-history.ts')).command,
  },
  'migrator preflight': {
    summary: 'Judge whether this release may be applied, and record what was found.',
    load: async () => (await import('./migrator-preflight.ts')).command,
  },
  'migrator rehearse': {
    summary: "Run this release's pending migrations on the last bundle, in scratch databases, and measure them.",
    load: async () => (await import('./migrator-rehearse.ts')).command,
  },
  'migrator preflight record': {
    summary: 'Record a run of preflight that was kept in a file.',
    load: async () => (await import('./migrator-preflight-record.ts')).command,
  },
  'migrator drift': {
    summary: 'Compare each live schema with the one recorded after its last migration.',
    load: async () => (await import('./migrator-drift.ts')).command,
  },
  'migrator repair': {
    summary: 'Settle an interrupted non-transactional migration.',
    load: async () => (await import('./migrator-repair.ts')).command,
  },
  'backup take': {
    summary: 'Take a bundle of all three databases, and wait until it is whole.',
    load: async () => (await import('./backup-take.ts')).command,
  },
  'backup list': {
    summary: 'List the bundles, newest first, with what is known of each.',
    load: async () => (await import('./backup-list.ts')).command,
  },
  'backup verify': {
    summary: 'Verify a bundle by its checksums, or prove it by a restore into scratch databases.',
    load: async () => (await import('./backup-verify.ts')).command,
  },
  'backup unpin': {
    summary: 'Unpin a bundle, so that retention may remove it when its time comes.',
    load: async () => (await import('./backup-unpin.ts')).command,
  },
  'backup serve': {
    summary: 'Run the backup service: takes, keeps, verifies and proves bundles of all three databases.',
    load: async () => (await import('./backup-serve.ts')).command,
  },
  'backup restore': {
    summary: 'Bring a bundle back, go on with an interrupted restore, or undo one.',
    load: async () => (await import('./backup-restore.ts')).command,
  },
  'notify test': {
    summary: 'Send a test message by every way that is configured, and say what came of each.',
    load: async () => (await import('./notify-test.ts')).command,
  },
  'release check': {
    summary: 'Prove that manifest, migrations, changelog and the releases published before agree.',
    load: async () => (await import('./release-check.ts')).command,
  },
  'release record': {
    summary: 'Write down what this release requires and contains, for later releases to be checked against.',
    load: async () => (await import('./release-record.ts')).command,
  },
  'release build': {
    summary: 'Build the image of this release from what is committed, with the commit stamped in.',
    load: async () => (await import('./release-build.ts')).command,
  },
  'release deploy': {
    summary: 'Deploy an image on this machine: preflight, backup, migrate, replace, verify.',
    load: async () => (await import('./release-deploy.ts')).command,
  },
  'release enter': {
    summary: 'Write into the history of this deployment what was deployed.',
    load: async () => (await import('./release-enter.ts')).command,
  },
  'release rollback': {
    summary: 'Go back to the image from before the last deployment.',
    load: async () => (await import('./release-rollback.ts')).command,
  },
};

/** Words that stand for other words. */
export const aliases: Readonly<Record<string, string>> = {
  migrator: 'migrator migrate',
  preflight: 'migrator preflight',
  'preflight record': 'migrator preflight record',
};
