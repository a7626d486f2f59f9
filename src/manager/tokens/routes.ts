import type { FastifyInstance } from 'fastify';
import { createToken, listTokens, revokeToken, type TokenListing } from '../../accounts/index.ts';
import type { Clock } from '../../base/index.ts';
import {
  accountParamsSchema,
  apiTokenListSchema,
  madeApiTokenSchema,
  newApiTokenSchema,
  type AccountParams,
  type ApiToken,
  type MadeApiToken,
  type NewApiToken,
} from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { administrationOf } from '../session/deeds.ts';
import type { Directory } from '../session/directory.ts';

export interface TokenRoutesDeps {
  readonly config: Database;
  readonly clock: Clock;
  readonly directory: Directory;
}

const unread = [
  'database_unreachable',
  'database_connection_lost',
  'database_timeout',
  'accounts_not_migrated',
] as const;
const changing = ['cross_site', 'read_only', ...unread] as const;

/** Admin > API tokens. The text of one is shown once, when it is made. */
export function tokenRoutes(app: FastifyInstance, deps: TokenRoutesDeps): void {
  const { config, directory } = deps;

  app.route({
    method: 'GET',
    url: '/api/admin/tokens',
    config: {
      facts: {
        access: ['admin', 'auditor'],
        tag: 'tokens',
        summary: 'Lists every API token ever made, newest first; never the tokens themselves.',
        responses: { 200: apiTokenListSchema },
        problems: unread,
      },
    },
    handler: async () => ({ tokens: (await listTokens(config)).map(entryOf) }),
  });

  app.route<{ Body: NewApiToken }>({
    method: 'POST',
    url: '/api/admin/tokens',
    schema: { body: newApiTokenSchema },
    config: {
      facts: {
        access: ['admin'],
        tag: 'tokens',
        summary: 'Makes an API token with a role and an expiry, and tells it this once.',
        responses: { 201: madeApiTokenSchema },
        problems: [...changing, 'token_exists', 'token_name_invalid', 'token_expiry_invalid'],
      },
    },
    handler: async (request, reply) => {
      const { name, role } = request.body;
      const { text, expiresAt } = await createToken(administrationOf(deps, request), request.body);
      await directory.refresh();
      const made: MadeApiToken = { name, role, expiresAt: instant(expiresAt), token: text.reveal() };
      return await reply.code(201).send(made);
    },
  });

  app.route<{ Params: AccountParams }>({
    method: 'DELETE',
    url: '/api/admin/tokens/:id',
    schema: { params: accountParamsSchema },
    config: {
      facts: {
        access: ['admin'],
        tag: 'tokens',
        summary: 'Revokes an API token: refused from now on, within seconds by every manager.',
        responses: { 204: { description: 'Revoked.' } },
        problems: [...changing, 'token_unknown'],
      },
    },
    handler: async (request, reply) => {
      await revokeToken(administrationOf(deps, request), { id: request.params.id });
      await directory.refresh();
      return await reply.code(204).send();
    },
  });
}

function entryOf(token: TokenListing): ApiToken {
  return {
    ...token,
    createdAt: token.createdAt.toISOString(),
    expiresAt: instant(token.expiresAt),
    revokedAt: instant(token.revokedAt),
    lastUsedAt: instant(token.lastUsedAt),
  };
}

function instant(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
