import { queryOptions } from '@tanstack/react-query';
import type { Session, SignIn, SignInWays } from '../../src/contract/index.ts';
import { ProblemError, readJson, request, sendJson } from './http.ts';

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return (await readJson(await request('/api/session', { signal }))) as Session;
    } catch (error) {
      if (isSignedOut(error)) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** How one can sign in here, beside a password. */
export const waysQuery = queryOptions({
  queryKey: ['sign-in-ways'],
  queryFn: async ({ signal }): Promise<SignInWays> =>
    (await readJson(await request('/api/session/ways', { signal }))) as SignInWays,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Signs in; throws a problem document that says why not. */
export async function signIn(body: SignIn): Promise<void> {
  await sendJson('POST', '/api/session', body);
}

/** Ends the session in this browser. */
export async function signOut(): Promise<void> {
  await request('/api/session', { method: 'DELETE' });
}

/** Whether this session may change what Admin pages show; an auditor and a break-glass sign-in may not. */
export function mayAdminister(session: Session | null | undefined): boolean {
  return session?.role === 'admin' && session.method !== 'recovery';
}

/** Whether this session may ask for scans and cancel them. */
export function mayScan(session: Session | null | undefined): boolean {
  return (session?.role === 'admin' || session?.role === 'user') && session.method !== 'recovery';
}

/** True for the answer that nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status === 401;
}
