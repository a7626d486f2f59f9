import './sign-in.css';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { SignIn } from '../../src/contract/index.ts';
import { signIn } from '../api/session.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { useTitle } from '../app/title.ts';
import { Mark } from '../parts/Mark.tsx';
import { ProviderRefusal, ProviderSignIn } from './ProviderSignIn.tsx';

const route = getRouteApi('/sign-in');

/** Signing in with a password, or with the recovery token when the config database, which holds the users, is down. */
export function SignInPage() {
  const { next, oidc } = route.useSearch();
  const [way, setWay] = useState<'password' | 'recovery'>('password');
  const target = next ?? '/';
  const attempt = useSignIn(target);
  const change = (to: 'password' | 'recovery') => {
    attempt.reset();
    setWay(to);
  };
  useTitle('Sign in');
  return (
    <main className="sign-in" id="main">
      <div className="sign-in-card">
        <Mark />
        <h1>Sign in to Plimsoll</h1>
        {attempt.isError ? <ErrorNotice error={attempt.error} /> : null}
        {oidc !== undefined && attempt.isIdle ? <ProviderRefusal code={oidc} /> : null}
        {way === 'password' ? <ProviderSignIn next={target} /> : null}
        {way === 'password' ? (
          <PasswordForm busy={attempt.isPending} onSubmit={attempt.mutate} />
        ) : (
          <RecoveryForm busy={attempt.isPending} onSubmit={attempt.mutate} />
        )}
        <p className="sign-in-other">
          {way === 'password' ? (
            <>
              Config database down?{' '}
              <button type="button" className="link" onClick={() => change('recovery')}>
                Use the recovery token
              </button>
            </>
          ) : (
            <button type="button" className="link" onClick={() => change('password')}>
              Back to user name and password
            </button>
          )}
        </p>
      </div>
    </main>
  );
}

function useSignIn(next: string) {
  const queries = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (body: SignIn) => signIn(body),
    onSuccess: async () => {
      queries.clear();
      router.history.replace(next);
      await router.invalidate();
    },
  });
}

interface FormProps {
  readonly busy: boolean;
  readonly onSubmit: (body: SignIn) => void;
}

function PasswordForm({ busy, onSubmit }: FormProps) {
  const first = useFocusOnArrival();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    onSubmit({ username: text(fields, 'username').trim(), password: text(fields, 'password') });
  };
  return (
    <form className="fields" onSubmit={submit}>
      <label className="field">
        <span>User name</span>
        <input
          ref={first}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={200}
        />
      </label>
      <label className="field">
        <span>Password</span>
        <input name="password" type="password" autoComplete="current-password" required maxLength={1000} />
      </label>
      <SubmitButton busy={busy} />
    </form>
  );
}

function RecoveryForm({ busy, onSubmit }: FormProps) {
  const first = useFocusOnArrival();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit({ recoveryToken: text(new FormData(event.currentTarget), 'token').trim() });
  };
  return (
    <form className="fields" onSubmit={submit}>
      <p className="quiet" id="recovery-about">
        The token is the manager's <code>RECOVERY_TOKEN</code> setting. It opens the Admin pages for reading, needs no
        database, and its use is put on record.
      </p>
      <label className="field">
        <span>Recovery token</span>
        <input
          ref={first}
          name="token"
          type="password"
          autoComplete="off"
          required
          maxLength={1000}
          aria-describedby="recovery-about"
        />
      </label>
      <SubmitButton busy={busy} />
    </form>
  );
}

function SubmitButton({ busy }: { readonly busy: boolean }) {
  return (
    <button type="submit" className="button" data-kind="main" disabled={busy}>
      {busy ? 'Signing in…' : 'Sign in'}
    </button>
  );
}

function useFocusOnArrival() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return field;
}

function text(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}
