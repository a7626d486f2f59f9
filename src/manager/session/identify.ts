import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../base/index.ts';
import { managerError } from '../errors.ts';
import type { Identity } from '../types.ts';
import type { Directory } from './directory.ts';
import { networkOf, type Limiter } from './limiter.ts';
import { judgeSession, sealedSessionSchema } from './sealed.ts';
import { signInUnavailable, tooManyAttempts } from './sign-in.ts';
import type { TokenUse } from './token-use.ts';

export interface IdentifyDeps {
  readonly clock: Clock;
  readonly directory: Directory;
  /** Fingerprint of the recovery token in force; undefined without one. */
  readonly recovery: string | undefined;
  /** How often one network may ask the database about tokens that are not in memory. */
  readonly tokenQuestions: Limiter;
  readonly tokenUse: Pick<TokenUse, 'note'>;
}

/** Who makes this request: by API token if it carries one, otherwise by session cookie; null if by neither. */
export type Identify = (request: FastifyRequest) => Promise<Identity | null> | Identity | null;

/** Throws token_refused, sign_in_unavailable, too_many_attempts for a token; a session that has ended is no session. */
export function createIdentify(deps: IdentifyDeps): Identify {
  return (request) => {
    const authorization = request.headers.authorization;
    if (authorization !== undefined) return byToken(deps, authorization, request.ip);
    return bySession(deps, request);
  };
}

function bySession(deps: IdentifyDeps, request: FastifyRequest): Identity | null {
  const content: unknown = request.session.get('account');
  if (content === undefined) return null;
  const sealed = sealedSessionSchema.safeParse(content);
  if (!sealed.success) return null;
  const evidence = { now: deps.clock.now(), directory: deps.directory.reading(), recovery: deps.recovery };
  return judgeSession(sealed.data, evidence);
}

async function byToken(deps: IdentifyDeps, authorization: string, address: string): Promise<Identity> {
  const text = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1] ?? '';
  let waitSeconds = 1;
  const mayAsk = (): boolean => {
    const wait = deps.tokenQuestions.take(networkOf(address));
    waitSeconds = wait ?? waitSeconds;
    return wait === null;
  };
  const outcome = await deps.directory.findToken(text, mayAsk);
  switch (outcome.kind) {
    case 'found': {
      const { hash, name, role, expiresAt } = outcome.token;
      deps.tokenUse.note(hash);
      return { username: name, role, method: 'token', expiresAt };
    }
    case 'unreadable':
      throw signInUnavailable(deps.recovery !== undefined);
    case 'limited':
      throw tooManyAttempts(waitSeconds);
    case 'unknown':
      throw managerError('token_refused', {
        message: 'the API token was not accepted',
        hint: 'Make a new one with `plimsoll token create NAME --role ROLE`; `plimsoll token list` shows which have expired or were revoked.',
      });
  }
}
