import type { FastifyInstance } from 'fastify';
import { roles, sessionSchema, signInSchema, type Session, type SignIn } from '../../contract/index.ts';
import { notSignedIn } from '../http/access.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Identity, ManagerDeps } from '../types.ts';
import type { AuditTrail } from './audit-trail.ts';
import { judgeSession, sessionLifetimeMs, type SealedSession } from './sealed.ts';
import type { Directory } from './directory.ts';
import type { SignInService } from './sign-in.ts';

export interface SessionRoutesDeps extends Pick<ManagerDeps, 'clock'> {
  readonly signIn: SignInService;
  readonly directory: Directory;
  readonly audit: AuditTrail;
  readonly metrics: Metrics;
  readonly recovery: string | undefined;
}

/** Signing in, signing out, and who is signed in. */
export function sessionRoutes(app: FastifyInstance, deps: SessionRoutesDeps): void {
  signInRoute(app, deps);
  signOutRoute(app);
  whoRoute(app);
}

function signInRoute(app: FastifyInstance, deps: SessionRoutesDeps): void {
  app.route<{ Body: SignIn }>({
    method: 'POST',
    url: '/api/session',
    schema: { body: signInSchema },
    config: {
      facts: {
        access: 'public',
        tag: 'session',
        summary: 'Sign in with a password, or read-only with the recovery token; sets the session cookie.',
        responses: { 200: sessionSchema },
        problems: ['credentials_refused', 'cross_site', 'too_many_attempts', 'sign_in_unavailable', 'busy'],
      },
    },
    handler: async (request) => {
      const method = 'recoveryToken' in request.body ? 'recovery' : 'password';
      const sealed = await deps.signIn(request.body, request.ip).catch((error: unknown) => {
        deps.metrics.countSignIn(method, 'refused');
        request.log.info({ method, address: request.ip }, 'sign-in refused');
        throw error;
      });
      deps.metrics.countSignIn(method, 'accepted');
      request.session.set('account', sealed);
      request.session.options({ maxAge: sessionLifetimeMs[sealed.method] / 1000 });
      const identity = judge(deps, sealed);
      if (identity === null) throw notSignedIn();
      deps.audit.record({
        actor: identity.username,
        actorMethod: identity.method,
        action: 'session.created',
        subject: identity.username,
        details: { address: request.ip },
        requestId: request.id,
      });
      return sessionOf(identity);
    },
  });
}

function signOutRoute(app: FastifyInstance): void {
  app.route({
    method: 'DELETE',
    url: '/api/session',
    config: {
      facts: {
        access: 'public',
        tag: 'session',
        summary: 'Sign out: clears the session cookie.',
        responses: { 204: { description: 'Signed out, or nobody was signed in.' } },
        problems: ['cross_site'],
      },
    },
    handler: async (request, reply) => {
      if (request.session.get('account') !== undefined) request.session.delete();
      return await reply.code(204).send();
    },
  });
}

function whoRoute(app: FastifyInstance): void {
  app.route({
    method: 'GET',
    url: '/api/session',
    config: {
      facts: {
        access: roles,
        tag: 'session',
        summary: 'Who is signed in, and how.',
        responses: { 200: sessionSchema },
      },
    },
    handler: (request) => {
      if (request.identity === null) throw notSignedIn();
      return sessionOf(request.identity);
    },
  });
}

function judge(deps: SessionRoutesDeps, sealed: SealedSession): Identity | null {
  return judgeSession(sealed, { now: deps.clock.now(), directory: deps.directory.reading(), recovery: deps.recovery });
}

function sessionOf(identity: Identity): Session {
  const { username, role, method, expiresAt } = identity;
  return { username, role, method, expiresAt: expiresAt?.toISOString() ?? null };
}
