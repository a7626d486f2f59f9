import type * as Client from 'openid-client';
import type { Secret } from '../../base/index.ts';
import { isComplete, type Claims, type ClaimRules } from './claims.ts';

export interface OidcOptions extends ClaimRules {
  /** What the sign-in page calls it. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  readonly scopes: string;
}

/** What a browser brings back from the provider is held against. */
export interface Flow {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Exactly as it was sent to the provider. */
  readonly redirectUri: string;
}

/** Whom the provider vouches for. */
export interface Vouching {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
}

/** Authorization code flow with PKCE (RFC 9700, 2.1.1) with one OpenID provider. */
export interface OidcProvider {
  /** Where the browser is sent, to come back to `address`, and what to keep until then. Throws when the provider cannot be reached. */
  begin(address: string): Promise<{ readonly url: URL; readonly flow: Flow }>;
  /** What came back, checked and exchanged. Throws `AuthorizationResponseError` when the provider or the user declined. */
  finish(query: URLSearchParams, flow: Flow): Promise<Vouching>;
}

const timeoutSeconds = 5;
/** Keys and endpoints of a provider change seldom. */
const discoveredForMs = 3_600_000;

/** Asks nothing of the provider until somebody signs in by it. */
export function createOidcProvider(options: OidcOptions, now: () => number): OidcProvider {
  let known: { readonly until: number; readonly configuration: Promise<Client.Configuration> } | undefined;

  async function configured(client: typeof Client): Promise<Client.Configuration> {
    if (known === undefined || known.until < now()) {
      const configuration = discover(client, options);
      const mine = { until: now() + discoveredForMs, configuration };
      known = mine;
      configuration.catch(() => {
        if (known === mine) known = undefined;
      });
    }
    return await known.configuration;
  }

  return {
    begin: async (address) => {
      // As it will be told to the provider again: without the port that goes without saying.
      const redirectUri = new URL(address).href;
      const client = await load();
      const configuration = await configured(client);
      const verifier = client.randomPKCECodeVerifier();
      const flow = { state: client.randomState(), nonce: client.randomNonce(), verifier, redirectUri };
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: options.scopes,
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { url, flow };
    },
    finish: async (query, { state, nonce, verifier, redirectUri }) => {
      const client = await load();
      const configuration = await configured(client);
      const back = new URL(redirectUri);
      back.search = query.toString();
      const tokens = await client.authorizationCodeGrant(configuration, back, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const told = tokens.claims();
      if (told === undefined) throw new TypeError('the provider sent no ID token');
      const more =
        isComplete(told, options) || configuration.serverMetadata().userinfo_endpoint === undefined
          ? {}
          : await client.fetchUserInfo(configuration, tokens.access_token, told.sub);
      return { issuer: told.iss, subject: told.sub, claims: { ...more, ...told } };
    },
  };
}

/** Loaded by the first sign-in: most managers never need it. */
async function load(): Promise<typeof Client> {
  return await import('openid-client');
}

async function discover(client: typeof Client, options: OidcOptions): Promise<Client.Configuration> {
  const { issuer, clientId, clientSecret } = options;
  const url = new URL(issuer);
  // The settings let plain HTTP pass for this machine alone.
  const execute = url.protocol === 'http:' ? [client.allowInsecureRequests] : [];
  const found = await client.discovery(url, clientId, undefined, client.None(), { execute, timeout: timeoutSeconds });
  const metadata = found.serverMetadata();
  const configuration = new client.Configuration(
    metadata,
    clientId,
    undefined,
    authentication(client, metadata, clientSecret),
  );
  configuration.timeout = timeoutSeconds;
  for (const each of execute) each(configuration);
  return configuration;
}

/** What the provider says it takes; without a word of it that is Basic (OpenID Connect Discovery, 3). */
function authentication(
  client: typeof Client,
  { token_endpoint_auth_methods_supported: taken = ['client_secret_basic'] }: Client.ServerMetadata,
  secret: Secret | undefined,
): Client.ClientAuth {
  if (secret === undefined) return client.None();
  const make = taken.includes('client_secret_basic') ? client.ClientSecretBasic : client.ClientSecretPost;
  return make(secret.reveal());
}
