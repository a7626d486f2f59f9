import { integer, networkList, text, httpUrl, postgresUrl, type Setting } from './types.ts';

/** Every setting of every program, declared once; `--help`, docs/settings.md and the reader come from here. */
export const settings = {
  PORT: integer({ default: 8080, min: 0, max: 65_535, help: 'TCP port of the manager; 0 takes any free one.' }),
  HOST: text({
    default: '127.0.0.1',
    help: 'Address the manager listens on; 0.0.0.0 makes it reachable from other machines.',
  }),
  DATA_DIR: text({
    default: './data',
    help: 'Folder of the embedded stack: its databases, secrets and `stack.json`; a lone manager keeps its last-known readings there.',
  }),
  ADMIN_PASSWORD: text({
    secret: true,
    optional: true,
    minLength: 12,
    help: 'Password of the first user `admin`, used on the first start only; at least 12 characters. Without it one is generated and printed.',
  }),
  CONFIG_DATABASE_URL: postgresUrl({
    optional: true,
    help: 'Where the manager finds the config database; a role that cannot change schemas.',
  }),
  RESULTS_DATABASE_URL: postgresUrl({ optional: true, help: 'The same for the results database.' }),
  JOBS_DATABASE_URL: postgresUrl({ optional: true, help: 'The same for the jobs database.' }),
  MIGRATOR_CONFIG_DATABASE_URL: postgresUrl({
    optional: true,
    help: "The migrator's stronger role on the config database; without it `CONFIG_DATABASE_URL` is used.",
  }),
  MIGRATOR_RESULTS_DATABASE_URL: postgresUrl({ optional: true, help: 'The same for the results database.' }),
  MIGRATOR_JOBS_DATABASE_URL: postgresUrl({ optional: true, help: 'The same for the jobs database.' }),
  MIGRATOR_LOCK_TIMEOUT_MS: integer({
    default: 2000,
    min: 1,
    max: 600_000,
    help: 'How long one statement of a migration waits for a table lock before it steps back and tries again, in milliseconds.',
  }),
  MIGRATOR_LOCK_ATTEMPTS: integer({
    default: 10,
    min: 1,
    max: 1000,
    help: 'How often a migration that gets no lock is tried before the migrator gives up.',
  }),
  MIGRATOR_WAIT_TIMEOUT_MS: integer({
    default: 900_000,
    min: 0,
    max: 86_400_000,
    help: 'How long the migrator waits for another migrator that is at work on a database, in milliseconds.',
  }),
  MIGRATOR_STATEMENT_TIMEOUT_MS: integer({
    default: 0,
    min: 0,
    max: 86_400_000,
    help: 'Longest time one statement of a migration may run, in milliseconds; 0 sets no limit.',
  }),
  MIGRATOR_COMMAND: text({
    optional: true,
    help: 'How the migrator is started in this deployment; pages and errors show their commands with it. Default in a checkout `npx plimsoll migrator`, in an image `docker compose --profile migrate run --rm migrator`.',
  }),
  RELEASE_MANIFEST: text({
    optional: true,
    help: "Path of the compatibility manifest; default the image's own `release.json`.",
  }),
  MIGRATIONS_DIR: text({
    optional: true,
    help: "Folder of the migration files; default the image's own `migrations`.",
  }),
  IMAGE_SHA: text({
    default: 'unknown',
    help: 'Commit the running containers were deployed from; set by the release tooling only.',
  }),
  OPERATOR: text({
    optional: true,
    help: 'Who is at the keyboard; migrator and preflight record it in place of the database role.',
  }),
  BACKUP_SERVICE_URL: httpUrl({ optional: true, help: 'Address of the backup service.' }),
  BACKUP_SERVICE_TOKEN: text({ secret: true, optional: true, help: "Token for the backup service's API." }),
  BACKUP_DIR: text({ optional: true, help: 'Folder in which the backup service keeps its bundles.' }),
  RECOVERY_TOKEN: text({
    secret: true,
    optional: true,
    minLength: 16,
    help: 'Break-glass sign-in: read-only, works while the config database is down; at least 16 characters.',
  }),
  SESSION_SECRET: text({
    secret: true,
    optional: true,
    minLength: 32,
    help: 'Key from which session cookies are encrypted, the same on every replica; at least 32 characters.',
  }),
  SCANNER_MANAGER_URL: httpUrl({ optional: true, help: 'Address of the manager that a scanner works for.' }),
  SCANNER_NAME: text({
    optional: true,
    help: 'What people call this scanner, told at enrolment; default the host name of its machine.',
  }),
  SCANNER_ENROLMENT_TOKEN: text({
    secret: true,
    optional: true,
    help: 'Token from Admin > Scanners with which a scanner gets its own credential; needed on its first start only.',
  }),
  SCANNER_NETWORKS: networkList({
    default: '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,127.0.0.0/8,fc00::/7,::1/128',
    help: 'Networks a scanner may probe, separated by commas; a job for any other address is refused. Link-local addresses, where clouds keep their metadata service, are not in the default.',
  }),
  SCANNER_CONCURRENCY: integer({ default: 10, min: 1, max: 500, help: 'Most jobs a scanner runs at a time.' }),
  SCANNER_STATE_DIR: text({
    optional: true,
    help: 'Folder of a scanner for its credential and for results not delivered yet; default `scanner` in `DATA_DIR`. Each scanner needs its own.',
  }),
  SCANNER_METRICS_PORT: integer({
    default: 0,
    min: 0,
    max: 65_535,
    help: 'Port on 127.0.0.1 at which a scanner serves its own `/metrics`; 0 serves none.',
  }),
  SCANNER_PROTOCOL: integer({
    default: 2,
    min: 1,
    max: 65_535,
    help: 'Wire-protocol version a scanner speaks; a lower one is for a manager that is not upgraded yet.',
  }),
  TRUSTED_PROXIES: networkList({
    optional: true,
    help: 'Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks, comma-separated. Without it, cookies are not `Secure` behind a TLS proxy, and all who come through it share one sign-in limit.',
  }),
  LOG_LEVEL: text({
    default: 'info',
    oneOf: ['debug', 'info', 'warn', 'error', 'silent'],
    help: 'How much is logged, on stderr, as JSON lines.',
  }),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;
