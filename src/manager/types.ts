import type { Logger } from 'pino';
import type { BackupClient } from '../backups/client/index.ts';
import type { Clock, Secret } from '../base/index.ts';
import type { ChangedEntry, HelpPageDocument, Role, Session } from '../contract/index.ts';
import type { DatabaseStatusSource } from '../database-status/index.ts';
import type { Evidence, EvidenceRequest } from '../evidence/index.ts';
import type { Fleet } from '../fleet/index.ts';
import type { Gate } from '../gate/index.ts';
import type { Database } from '../postgres/index.ts';
import type { Notifier } from '../notify/index.ts';
import type { PostureSource } from '../posture/index.ts';
import type { DescribedSetting } from '../settings/index.ts';
import type { OidcOptions } from './oidc/provider.ts';
import type { SessionKeys } from './session/keys.ts';

/** Told once, after the first user was made. */
export interface FirstUser {
  readonly username: string;
  /** The generated password; undefined when it is the one of ADMIN_PASSWORD. */
  readonly password: Secret | undefined;
}

/** All that the HTTP application stands on; nothing of it has to be reachable when the application starts. */
export interface ManagerDeps {
  readonly posture: PostureSource;
  /** Changes of the posture that this manager has seen and not written to the config database yet, newest first. */
  readonly waitingChanges: () => readonly ChangedEntry[];
  /** How people are notified, for the metrics. */
  readonly notifications: Pick<Notifier, 'figures' | 'onAttempt'>;
  readonly makeEvidence: (request: EvidenceRequest) => Promise<Evidence>;
  readonly gate: Gate;
  /** How long requests wait at most for what is read first; default 2000. */
  readonly firstReadingMs?: number;
  readonly config: Database;
  readonly jobs: Database;
  readonly fleet: Fleet;
  readonly databases: DatabaseStatusSource;
  /** How the backup service is asked. */
  readonly backups: BackupClient;
  readonly log: Logger;
  readonly clock: Clock;
  readonly sessionKeys: SessionKeys;
  readonly recoveryToken: Secret | undefined;
  /** The OpenID provider by which people sign in; undefined without one. */
  readonly oidc: OidcOptions | undefined;
  readonly adminPassword: Secret | undefined;
  /** Of a scanner that is deployed along with the manager. */
  readonly scannerToken: Secret | undefined;
  readonly announceFirstUser: (user: FirstUser) => void;
  /** Addresses or networks whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  /** The built web app; undefined when there is none. */
  readonly webDirectory: string | undefined;
  readonly help: readonly HelpPageDocument[];
  /** What this manager was started with. */
  readonly settings: readonly DescribedSetting[];
  /** The machine or container it runs on. */
  readonly host: string;
  /** docs/errors.md of this release. */
  readonly errorCodesPath: string;
}

/** Whoever makes a request. */
export interface Identity {
  readonly username: string;
  readonly role: Role;
  readonly method: Session['method'];
  readonly expiresAt: Date | null;
}
