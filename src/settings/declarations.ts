import { notifySettings } from './notify.ts';
import { traceSettings } from './traces.ts';
import { integer, networkList, text, httpUrl, postgresUrl, wordList, type Setting } from './types.ts';

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
    help: 'Where the manager finds the config database; a role that cannot change schemas. May name several hosts, `postgres://user:password@h1:5432,h2:5432/config`, of which the primary is used; `target_session_attrs` asks for another. So may every database URL.',
  }),
  RESULTS_DATABASE_URL: postgresUrl({ optional: true, help: 'The same for the results database.' }),
  JOBS_DATABASE_URL: postgresUrl({ optional: true, help: 'The same for the jobs database.' }),
  MONITOR_CONFIG_DATABASE_URL: postgresUrl({
    optional: true,
    help: 'What Admin > Database Status reads the config database with: a role that has `pg_monitor` and nothing more. Without it `CONFIG_DATABASE_URL` is used, from which the server hides what other roles do.',
  }),
  MONITOR_RESULTS_DATABASE_URL: postgresUrl({ optional: true, help: 'The same for the results database.' }),
  MONITOR_JOBS_DATABASE_URL: postgresUrl({ optional: true, help: 'The same for the jobs database.' }),
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
  BACKUP_SERVICE_TOKEN: text({
    secret: true,
    optional: true,
    bearer: true,
    help: "Token for the backup service's API: one word of at least 16 visible ASCII characters.",
  }),
  BACKUP_DIR: text({
    optional: true,
    help: 'Folder in which the backup service keeps its bundles; default `backups` in `DATA_DIR`.',
  }),
  BACKUP_CONFIG_DATABASE_URL: postgresUrl({
    optional: true,
    help: 'What the backup service reads the config database with: a read-only role, connected directly, not through a pooler. Without it `CONFIG_DATABASE_URL` is used.',
  }),
  BACKUP_RESULTS_DATABASE_URL: postgresUrl({ optional: true, help: 'The same for the results database.' }),
  BACKUP_JOBS_DATABASE_URL: postgresUrl({ optional: true, help: 'The same for the jobs database.' }),
  BACKUP_PROVE_DATABASE_URL: postgresUrl({
    optional: true,
    help: 'Where bundles are restored to be proven: a role that may create databases, on any server new enough. Without it no bundle can be proven.',
  }),
  REHEARSAL_DATABASE_URL: postgresUrl({
    optional: true,
    help: 'Where pending migrations are rehearsed: a role that may create databases, on a server like that of the databases. Without it they are rehearsed beside the databases, by the role of the migrator.',
  }),
  BACKUP_PORT: integer({
    default: 8081,
    min: 0,
    max: 65_535,
    help: 'TCP port of the backup service; 0 takes any free one.',
  }),
  BACKUP_HOST: text({ default: '127.0.0.1', help: 'Address the backup service listens on.' }),
  BACKUP_SCHEDULE: text({
    default: '10 2 * * *',
    help: 'When bundles are taken, as a cron expression; `off` takes none by itself.',
  }),
  BACKUP_PROVE_SCHEDULE: text({
    default: '40 3 * * *',
    help: 'When the newest bundle is proven by a restore into scratch databases, as a cron expression; `off` proves none by itself.',
  }),
  BACKUP_TIME_ZONE: text({ default: 'UTC', help: 'IANA time zone of both schedules.' }),
  BACKUP_RETENTION: text({
    default: 'last=7,daily=7,weekly=4,monthly=6',
    help: 'How many bundles are kept in `BACKUP_DIR`: the last ones, and one a day, week and month. Pinned ones and the last proven one always stay.',
  }),
  BACKUP_MAX_AGE_HOURS: integer({
    default: 26,
    min: 1,
    max: 8760,
    help: 'A newest bundle older than this many hours is too old: the Release page and the alerts say so.',
  }),
  BACKUP_AGE_RECIPIENTS: text({
    optional: true,
    help: 'age recipients (`age1…`), separated by commas; bundles are encrypted to them. Keep the private keys elsewhere.',
  }),
  BACKUP_S3_URL: text({
    secret: true,
    optional: true,
    help: 'An S3-compatible store that gets a copy of each bundle: `https://KEY:SECRET@host/bucket/prefix?region=…`.',
  }),
  BACKUP_S3_RETENTION: text({
    default: 'last=7,daily=14,weekly=8,monthly=12',
    help: 'The same as `BACKUP_RETENTION`, for the S3-compatible store.',
  }),
  BACKUP_LEASE_LATENCY_LIMIT_MS: integer({
    default: 2000,
    min: 0,
    max: 600_000,
    help: 'A dump is given up when leasing a job takes longer than this because of it, in milliseconds; 0 sets no limit.',
  }),
  BACKUP_WASM_LIMIT_MB: integer({
    default: 200,
    min: 1,
    max: 100_000,
    help: 'Largest database that is dumped without the PostgreSQL client programs, in megabytes.',
  }),
  PG_BIN: text({
    optional: true,
    help: 'Folder of the PostgreSQL client programs (`pg_dump`, `pg_restore`, `psql`); default those in `PATH`, or where Debian keeps them.',
  }),
  EVIDENCE_SIGNING_KEY: text({
    secret: true,
    optional: true,
    help: 'Ed25519 key in PEM form (PKCS #8) that signs evidence, best as `EVIDENCE_SIGNING_KEY_FILE` and the same for every manager; without it one is made in `DATA_DIR`.',
  }),
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
  OIDC_ISSUER_URL: httpUrl({
    optional: true,
    help: 'OpenID provider by which people sign in, as it names itself; HTTPS, except on this machine. Its redirect address is `/api/session/oidc/callback` of the manager.',
  }),
  OIDC_CLIENT_ID: text({ optional: true, help: 'What the provider calls this manager.' }),
  OIDC_CLIENT_SECRET: text({
    secret: true,
    optional: true,
    help: 'What the manager proves itself by to the provider; without it, it is a public client.',
  }),
  OIDC_NAME: text({ default: 'single sign-on', help: 'What the sign-in page calls the provider.' }),
  OIDC_SCOPES: text({ default: 'openid profile email', help: 'Scopes that are asked for, separated by spaces.' }),
  OIDC_USERNAME_CLAIM: text({
    default: 'preferred_username',
    help: 'Claim that names a user at the first sign-in; later ones go by the subject.',
  }),
  OIDC_ROLES_CLAIM: text({
    default: 'groups',
    help: 'Claim that holds groups or roles; a path such as `realm_access.roles` leads into objects.',
  }),
  OIDC_ADMIN_GROUPS: wordList({
    optional: true,
    help: 'Values of that claim that make an admin, comma-separated. Whoever has several roles gets the highest, whoever has none is turned away.',
  }),
  OIDC_AUDITOR_GROUPS: wordList({ optional: true, help: 'Values that make an auditor.' }),
  OIDC_USER_GROUPS: wordList({
    optional: true,
    help: 'Values that make a user; `*` is everybody whom the provider lets in.',
  }),
  SCANNER_MANAGER_URL: httpUrl({ optional: true, help: 'Address of the manager that a scanner works for.' }),
  SCANNER_NAME: text({
    optional: true,
    help: 'What people call this scanner, told at enrolment; default the host name of its machine.',
  }),
  SCANNER_ENROLMENT_TOKEN: text({
    secret: true,
    optional: true,
    bearer: true,
    minLength: 32,
    help: 'Token from Admin > Scanners with which a scanner gets its own credential; needed on its first start only. A manager that is given one takes it in, for one scanner within a day: so a scanner that is deployed along needs no page.',
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
    help: 'Port at which a scanner serves its own `/metrics`; 0 serves none, and nothing listens.',
  }),
  SCANNER_METRICS_HOST: text({
    default: '127.0.0.1',
    help: 'Address on which it does; 0.0.0.0 makes it readable from other machines, as Prometheus outside a container needs it.',
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
  ...notifySettings,
  ...traceSettings,
  LOG_LEVEL: text({
    default: 'info',
    oneOf: ['debug', 'info', 'warn', 'error', 'silent'],
    help: 'How much is logged, on stderr, as JSON lines.',
  }),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;
