import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface ProviderOptions {
  /** What it says of whoever signs in; keys are subjects. */
  readonly people: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Whether names and groups stand in the ID token, or have to be asked for at the UserInfo endpoint. */
  readonly tellsAtOnce?: boolean;
}

/** A real OpenID provider on this machine that believes everybody who they say they are. */
export interface TestProvider extends AsyncDisposable {
  readonly issuer: string;
  /** Where it may send browsers back to; to be told before the first of them comes. */
  redirectTo(uri: string): void;
  /** Signs somebody in at the address that a browser was sent to, and gives the one it is sent back to. */
  signIn(address: string, subject: string): Promise<string>;
}

export const oidcClient = { id: 'plimsoll', secret: 'a secret between the manager and its provider' };

/** Starts a provider with one client. */
export async function startOidcProvider({ people, tellsAtOnce = true }: ProviderOptions): Promise<TestProvider> {
  let redirectUri = '';
  let handle: ReturnType<Provider['callback']> | undefined;
  const server = createServer((request, response) => {
    handle ??= make().callback();
    void handle(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const make = (): Provider =>
    new Provider(issuer, {
      clients: [{ client_id: oidcClient.id, client_secret: oidcClient.secret, redirect_uris: [redirectUri] }],
      claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
      conformIdTokenClaims: !tellsAtOnce,
      findAccount: (_context, subject) => ({
        accountId: subject,
        claims: async () => await Promise.resolve({ sub: subject, ...people.get(subject) }),
      }),
      cookies: { keys: ['of a test'] },
    });
  return {
    issuer,
    redirectTo: (uri) => {
      redirectUri = uri;
    },
    signIn: async (address, subject) => await walk(issuer, address, subject),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** As a browser without scripts: follows redirects and sends its forms off, until it is led elsewhere. */
async function walk(issuer: string, address: string, subject: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = address;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20 && url.startsWith(issuer); step += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    const page = location === null ? await response.text() : '';
    form = undefined;
    if (location !== null) url = new URL(location, url).href;
    else if (page.includes('name="prompt" value="login"'))
      form = new URLSearchParams({ prompt: 'login', login: subject, password: 'any' });
    else if (page.includes('name="prompt" value="consent"')) form = new URLSearchParams({ prompt: 'consent' });
    else throw new Error(`the provider shows at ${url}, with ${response.status}: ${page.slice(0, 500)}`);
    if (form !== undefined) url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', url).href;
  }
  return url;
}
