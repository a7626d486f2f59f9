import type { SealedSession } from '../session/sealed.ts';
import type { GatedPart } from '../../gate/index.ts';
import type { z } from 'zod';
import type { Identity } from '../types.ts';
import type { Access } from './access.ts';
import type { ProblemName } from './problem-codes.ts';

/** What one status of a route answers with; a text for a body that is not JSON. */
export type ResponseSpec = z.ZodType | { readonly description: string; readonly mediaType?: string };

/** What a route says of itself: enforced at each request, and written into the OpenAPI document. */
export interface RouteFacts {
  readonly access: Access;
  readonly summary: string;
  readonly tag: 'session' | 'release' | 'health' | 'help' | 'scans' | 'scanners' | 'scanner';
  /** What has to be open for the route to answer. */
  readonly gated?: GatedPart;
  readonly responses: Readonly<Record<number, ResponseSpec>>;
  /** Problems it answers with beside those that its access, gate and input bring. */
  readonly problems?: readonly ProblemName[];
}

declare module 'fastify' {
  interface FastifyInstance {
    /** How the migrator is started in this deployment, for the remedies of problems. */
    migratorCommand: string;
  }
  interface FastifyRequest {
    /** Set on every route that is not public. */
    identity: Identity | null;
  }
  interface FastifyContextConfig {
    facts?: RouteFacts;
  }
}

declare module '@fastify/secure-session' {
  interface SessionData {
    account: SealedSession;
  }
}
