import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { admitVouched, type UserStanding } from '../../accounts/index.ts';
import { AppError, messageOf, withDeadline, type Clock } from '../../base/index.ts';
import {
  oidcStartSchema,
  signInWaysSchema,
  type OidcRefusal,
  type OidcStart,
  type Role,
  type SignInWays,
} from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { AuditTrail } from '../session/audit-trail.ts';
import type { Directory } from '../session/directory.ts';
import { sessionLifetimeMs } from '../session/sealed.ts';
import { roleOf, usernameOf } from './claims.ts';
import type { Flow, OidcOptions, OidcProvider, Vouching } from './provider.ts';

export interface OidcRoutesDeps {
  readonly config: Database;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly audit: AuditTrail;
  readonly metrics: Metrics;
  readonly recovery: string | undefined;
  readonly oidc: { readonly options: OidcOptions; readonly provider: OidcProvider } | undefined;
}

/** What the browser carries, encrypted, while it is at the provider. */
interface PendingSignIn extends Flow {
  readonly next: string;
  readonly begunAt: number;
}

declare module '@fastify/secure-session' {
  interface SessionData {
    oidc: PendingSignIn;
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Its cookie comes along when another site leads here, as the provider does; that of the session does not. */
    oidcFlow: FastifyRequest['session'];
  }
}

export const oidcPath = '/api/session/oidc';
export const oidcFlowSeconds = 600;
const callbackPath = `${oidcPath}/callback`;
const deadlineMs = 2000;

/** A sign-in that came to nothing, and what the log is told of it. */
class Refused extends Error {
  readonly code: OidcRefusal;
  constructor(code: OidcRefusal, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Which ways there are to sign in, and that by an OpenID provider. A browser walks these: every answer leads to a page. */
export function oidcRoutes(app: FastifyInstance, deps: OidcRoutesDeps): void {
  waysRoute(app, deps);
  if (deps.oidc === undefined) return;
  const { options, provider } = deps.oidc;

  app.route<{ Querystring: OidcStart }>({
    method: 'GET',
    url: oidcPath,
    schema: { querystring: oidcStartSchema },
    config: {
      facts: {
        access: 'public',
        tag: 'session',
        summary: 'Begins to sign in by the OpenID provider; for browsers.',
        responses: { 303: { description: 'To the provider, or back to the sign-in page with the reason.' } },
      },
    },
    handler: async (request, reply) => {
      try {
        const { url, flow } = await provider.begin(`${request.protocol}://${request.host}${callbackPath}`);
        const begunAt = deps.clock.now().getTime();
        request.oidcFlow.set('oidc', { ...flow, next: pathOf(request.query.next), begunAt });
        return await reply.redirect(url.href, 303);
      } catch (error) {
        return await turnAway(deps, request, reply, error);
      }
    },
  });

  app.route({
    method: 'GET',
    url: callbackPath,
    config: {
      facts: {
        access: 'public',
        tag: 'session',
        summary: 'Where the OpenID provider sends the browser back to; sets the session cookie.',
        responses: { 303: { description: 'To the page that was asked for, or to the sign-in page with the reason.' } },
      },
    },
    handler: async (request, reply) => {
      const pending = request.oidcFlow.get('oidc');
      request.oidcFlow.delete();
      try {
        if (pending === undefined || pending.begunAt + oidcFlowSeconds * 1000 < deps.clock.now().getTime())
          throw new Refused('expired', 'the browser brought no sign-in along that was begun here');
        const vouching = await provider.finish(new URL(request.url, pending.redirectUri).searchParams, pending);
        enter(deps, request, await admit(deps, request, judged(vouching, options)));
        return await reply.redirect(pending.next, 303);
      } catch (error) {
        return await turnAway(deps, request, reply, error);
      }
    },
  });
}

function waysRoute(app: FastifyInstance, { recovery, oidc }: OidcRoutesDeps): void {
  const ways: SignInWays = {
    recovery: recovery !== undefined,
    oidc: oidc === undefined ? null : { name: oidc.options.name, path: oidcPath },
  };
  app.route({
    method: 'GET',
    url: '/api/session/ways',
    config: {
      facts: {
        access: 'public',
        tag: 'session',
        summary: 'How one can sign in here, beside a password.',
        responses: { 200: signInWaysSchema },
      },
    },
    handler: () => ways,
  });
}

interface Judged {
  readonly identity: { readonly issuer: string; readonly subject: string };
  readonly username: string;
  readonly role: Role;
}

function judged({ issuer, subject, claims }: Vouching, options: OidcOptions): Judged {
  const username = usernameOf(claims, options);
  if (username === null) throw new Refused('no_name', `the claim ${options.usernameClaim} has no name of ${subject}`);
  const role = roleOf(claims, options);
  if (role === null)
    throw new Refused('no_role', `nothing in the claim ${options.rolesClaim} gives ${username} a role`);
  return { identity: { issuer, subject }, username, role };
}

async function admit({ config, clock }: OidcRoutesDeps, request: FastifyRequest, whom: Judged): Promise<UserStanding> {
  const by = { database: config, clock, requestId: request.id };
  const user = await withDeadline(deadlineMs, async () => await admitVouched(by, whom)).catch((error: unknown) => {
    throw new Refused(refusalOf(error), `${whom.username}: ${messageOf(error)}`, error);
  });
  if (user.disabled) throw new Refused('switched_off', `${user.username} is switched off`);
  return user;
}

function refusalOf(error: unknown): OidcRefusal {
  const code = error instanceof AppError ? error.code : '';
  if (code === 'user_exists') return 'name_taken';
  if (code === 'username_invalid') return 'no_name';
  return code === 'last_admin' ? 'last_admin' : 'users_unreadable';
}

function enter(deps: OidcRoutesDeps, request: FastifyRequest, user: UserStanding): void {
  const { id: userId, username, role, sessionEpoch: epoch } = user;
  deps.directory.note(user);
  const issuedAt = deps.clock.now().getTime();
  request.session.set('account', { method: 'oidc', userId, username, role, epoch, issuedAt });
  request.session.options({ maxAge: sessionLifetimeMs.oidc / 1000 });
  deps.metrics.countSignIn('oidc', 'accepted');
  deps.audit.record({
    actor: username,
    actorMethod: 'oidc',
    action: 'session.created',
    subject: username,
    details: { address: request.ip },
    requestId: request.id,
  });
}

/** Back to the sign-in page, which says the reason in words; the log has what the provider said. */
async function turnAway(
  { metrics }: OidcRoutesDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  const code = codeOf(error);
  metrics.countSignIn('oidc', 'refused');
  request.log.warn({ code, reason: messageOf(error), address: request.ip }, 'sign-in by the OpenID provider failed');
  return await reply.redirect(`/sign-in?oidc=${code}`, 303);
}

function codeOf(error: unknown): OidcRefusal {
  if (error instanceof Refused) return error.code;
  const declined = error instanceof Error && error.name === 'AuthorizationResponseError';
  return declined ? 'declined' : 'provider_failed';
}

/** A path of this manager and of nobody else; browsers read `//host` and `/\host` as another site. */
function pathOf(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[!-~]*$/.test(next) ? next : '/';
}
