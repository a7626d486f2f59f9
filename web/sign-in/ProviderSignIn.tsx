import { useQuery } from '@tanstack/react-query';
import type { OidcRefusal } from '../../src/contract/index.ts';
import { waysQuery } from '../api/session.ts';
import { Notice } from '../parts/Section.tsx';

interface Words {
  readonly title: string;
  readonly text: string;
}

/** Why the provider's sign-in came to nothing, in words; the manager's log has the rest. */
const refusals: Readonly<Record<OidcRefusal, Words>> = {
  declined: {
    title: 'The provider did not sign you in',
    text: 'It says so itself, or you went back. Try again, or ask whoever runs it whether Plimsoll is open to you.',
  },
  expired: {
    title: 'That took too long',
    text: 'The sign-in was begun more than ten minutes ago, or in another browser. Try again from here.',
  },
  no_name: {
    title: 'The provider did not say what you are called',
    text: 'An administrator names the claim that holds it with OIDC_USERNAME_CLAIM.',
  },
  no_role: {
    title: 'You have no role here',
    text: 'None of the groups that the provider tells gives one. An administrator adds you to a group, or names one of yours in OIDC_ADMIN_GROUPS, OIDC_AUDITOR_GROUPS or OIDC_USER_GROUPS.',
  },
  name_taken: {
    title: 'Somebody else has your name here',
    text: 'A user of that name signs in with a password, and nobody is taken for somebody else by name alone. An administrator can name another claim with OIDC_USERNAME_CLAIM.',
  },
  switched_off: {
    title: 'You are switched off here',
    text: 'An administrator can switch you on again: plimsoll user enable NAME.',
  },
  last_admin: {
    title: 'You would be an admin no more, and there is no other',
    text: 'The provider gives you another role now. Make another admin first: plimsoll user add NAME --role admin.',
  },
  provider_failed: {
    title: 'The provider could not be asked',
    text: 'The log of the manager says why. A password, or the recovery token, works without it.',
  },
  users_unreadable: {
    title: 'The config database cannot be read now',
    text: 'It holds the users. The recovery token works without it.',
  },
};

/** The way by the OpenID provider, where one is set. Without an answer the other ways are there all the same. */
export function ProviderSignIn({ next }: { readonly next: string }) {
  const ways = useQuery(waysQuery);
  const provider = ways.data?.oidc ?? null;
  if (provider === null) return null;
  return (
    <>
      <a className="button" href={`${provider.path}?next=${encodeURIComponent(next)}`}>
        Sign in with {provider.name}
      </a>
      <p className="sign-in-or">or</p>
    </>
  );
}

/** What became of a sign-in by the provider. */
export function ProviderRefusal({ code }: { readonly code: string }) {
  const { title, text } = refusals[code as OidcRefusal] ?? refusals.provider_failed;
  return (
    <Notice tone="warn" title={title} role="alert">
      <p>{text}</p>
    </Notice>
  );
}
