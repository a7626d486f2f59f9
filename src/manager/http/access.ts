import type { FastifyRequest } from 'fastify';
import type { AppError } from '../../base/index.ts';
import type { Role } from '../../contract/index.ts';
import type { Access } from '../../http/index.ts';
import { closedGateError, type Gate, type GatedPart } from '../../gate/index.ts';
import { managerError } from '../errors.ts';
import type { Identify } from '../session/identify.ts';
import type { Identity } from '../types.ts';
import { isCrossSite, isSafeMethod } from './cross-site.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route that is not public. */
    identity: Identity | null;
  }
}

/** Refuses a changing request that a browser sent from another site. An API token cannot be sent by such a page. */
export function refuseCrossSite(request: FastifyRequest): void {
  if (request.headers.authorization !== undefined) return;
  const site = request.headers['sec-fetch-site'];
  const { method, host } = request;
  const secFetchSite = typeof site === 'string' ? site : undefined;
  if (!isCrossSite({ method, host, origin: request.headers.origin, secFetchSite })) return;
  throw managerError('cross_site', {
    message: `${method} was sent from a page of another site (${request.headers.origin ?? 'unknown'})`,
    hint: "Use the manager's own pages, or an API token; behind a proxy, let it pass the Host header on.",
  });
}

/**
 * The one place where roles are enforced; a scanner's credential is checked by the fleet (`scanner-api/routes.ts`).
 * Throws not_signed_in, forbidden, read_only.
 */
export async function enforceAccess(request: FastifyRequest, access: Access, identify: Identify): Promise<void> {
  if (access === 'public' || access === 'scanner') return;
  if (access === 'service') throw new TypeError('no route of the manager takes the token of a service');
  const identity = await identify(request);
  if (identity === null) throw notSignedIn();
  if (isReadOnly(identity) && !isSafeMethod(request.method)) throw readOnly(identity);
  if (!access.includes(identity.role)) throw forbidden(identity, access);
  request.identity = identity;
}

/** Auditors, and whoever came in by break-glass, change nothing. */
function isReadOnly(identity: Identity): boolean {
  return identity.role === 'auditor' || identity.method === 'recovery';
}

/** Refuses while the gate keeps this part switched off; the problem has the database, both versions and the way out. */
export function enforceGate(gate: Gate, part: GatedPart): void {
  const closed = gate.closedBy(part);
  if (closed !== undefined) throw closedGateError(closed);
}

/** 401 for a call that needs a session or a token. */
export function notSignedIn(): AppError {
  return managerError('not_signed_in', {
    message: 'this call needs a session or an API token',
    hint: 'Sign in with POST /api/session, or send `Authorization: Bearer` with a token from `plimsoll token create`.',
  });
}

function readOnly(identity: Identity): AppError {
  return managerError('read_only', {
    message: `${identity.username} may read and change nothing (${identity.method === 'recovery' ? 'break-glass sign-in' : 'role auditor'})`,
    hint: 'Sign in as a user who may make changes.',
  });
}

function forbidden(identity: Identity, access: readonly Role[]): AppError {
  return managerError('forbidden', {
    message: `${identity.username} has the role ${identity.role}, this call needs ${access.join(' or ')}`,
    hint: 'Sign in as a user with one of these roles.',
  });
}
