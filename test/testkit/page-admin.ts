import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  auditQuerySchema,
  changeUserSchema,
  newApiTokenSchema,
  newUserSchema,
  type AuditLog,
  type Settings,
  type User,
} from '../../src/contract/index.ts';
import { apiToken, user, type AccountsFixture } from '../../web/fixtures/accounts.ts';
import { before, now } from '../../web/fixtures/parts.ts';
import { bodyOf, type Answer } from './page-fleet.ts';
import { problemOf } from './page-problem.ts';

/** What Admin > Users, Tokens, Audit and Settings are told, and may change. */
export interface AdminState {
  accounts: AccountsFixture;
  audit: AuditLog;
  settings: Settings;
}

export const generatedPassword = '0F2A9-C1E5B-7D301-4AA51-FE88D-02B64';

/** Answers what these pages ask as the manager does, from fixtures; undefined for any other call. */
export async function answerAdminCall(
  request: IncomingMessage,
  response: ServerResponse,
  state: AdminState,
): Promise<Answer | undefined> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://pages');
  const [, part = '', id = '', deed = ''] =
    /^\/api\/admin\/(users|tokens|audit|settings)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(pathname) ?? [];
  if (part === '') return undefined;
  // The fixtures stand still at their own moment; the pages take the time from here.
  response.setHeader('date', new Date(now).toUTCString());
  if (part === 'settings') return [200, state.settings];
  if (part === 'audit') return [200, auditOf(state.audit, searchParams)];
  if (part === 'tokens') return await answerTokens(request, id, state);
  return await answerUsers(request, { id, deed }, state);
}

function auditOf(log: AuditLog, search: URLSearchParams): AuditLog {
  const { actor = '', action = '', before: begin } = auditQuerySchema.parse(Object.fromEntries(search));
  const events = log.events
    .filter((each) => each.actor.toLowerCase().includes(actor.toLowerCase()) && each.action.startsWith(action))
    .filter((each) => begin === undefined || Number(each.id) < Number(begin));
  return { ...log, events, next: begin === undefined ? log.next : null };
}

async function answerTokens(request: IncomingMessage, id: string, state: AdminState): Promise<Answer> {
  const { tokens } = state.accounts;
  if (request.method === 'GET') return [200, { tokens }];
  if (request.method === 'DELETE') {
    const ended = tokens.map((each) => (each.id === id ? { ...each, revokedAt: before({}) } : each));
    state.accounts = { ...state.accounts, tokens: ended };
    return [204];
  }
  const { name, role, expiresInDays } = newApiTokenSchema.parse(await bodyOf(request));
  const expiresAt = expiresInDays === null ? null : before({ days: -expiresInDays });
  const made = apiToken(900, { name, role, expiresAt, createdAt: before({}), lastUsedAt: null });
  state.accounts = { ...state.accounts, tokens: [made, ...tokens] };
  return [201, { name, role, expiresAt, token: `plm_${'x'.repeat(43)}` }];
}

async function answerUsers(
  request: IncomingMessage,
  { id, deed }: { readonly id: string; readonly deed: string },
  state: AdminState,
): Promise<Answer> {
  const { users } = state.accounts;
  if (request.method === 'GET') return [200, { users }];
  const keep = (changed: User): User => {
    state.accounts = { ...state.accounts, users: [...users.filter((each) => each.id !== changed.id), changed] };
    return changed;
  };
  if (id === '') {
    const { username, role } = newUserSchema.parse(await bodyOf(request));
    if (users.some((each) => each.username === username))
      return [409, problemOf(409, 'user_exists', `a user called "${username}" exists already`)];
    const moment = before({});
    return [
      201,
      {
        ...keep(user(900, { username, role, createdAt: moment, passwordChangedAt: moment })),
        password: generatedPassword,
      },
    ];
  }
  const found = users.find((each) => each.id === id) ?? user(1);
  if (deed === 'password')
    return [200, { ...keep({ ...found, passwordChangedAt: before({}) }), password: generatedPassword }];
  const { role = found.role, disabled = found.disabled } = changeUserSchema.parse(await bodyOf(request));
  return [200, keep({ ...found, role, disabled })];
}
