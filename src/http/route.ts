import type { z } from 'zod';
import type { Role } from '../contract/index.ts';

/**
 * Who may make a call: anybody, whoever is signed in with one of the roles, a scanner with its credential, or a part of
 * the deployment that holds the service's token.
 */
export type Access = 'public' | 'scanner' | 'service' | readonly Role[];

/** What one status of a route answers with; a text for a body that is not JSON. */
export type ResponseSpec = z.ZodType | { readonly description: string; readonly mediaType?: string };

/** What a route says of itself: enforced at each request, and written into the OpenAPI document. */
export interface RouteFacts {
  readonly access: Access;
  readonly summary: string;
  readonly tag:
    | 'session'
    | 'users'
    | 'tokens'
    | 'audit'
    | 'settings'
    | 'release'
    | 'health'
    | 'help'
    | 'databases'
    | 'scans'
    | 'scanners'
    | 'scanner'
    | 'backups'
    | 'bundles'
    | 'runs';
  /** What has to be open for the route to answer. */
  readonly gated?: 'product' | 'leases';
  readonly responses: Readonly<Record<number, ResponseSpec>>;
  /** Codes of problems it answers with beside those that its access, gate and input bring. */
  readonly problems?: readonly string[];
}

/** What the problems of one program call things. */
export interface Wording {
  /** As in "the manager could not answer". */
  readonly program: string;
  /** How the migrator is started in this deployment, for the remedies. */
  readonly migratorCommand: string;
}

declare module 'fastify' {
  interface FastifyInstance {
    wording: Wording;
  }
  interface FastifyContextConfig {
    facts?: RouteFacts;
  }
}
