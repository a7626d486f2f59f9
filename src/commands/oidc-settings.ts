import type { OidcOptions } from '../manager/index.ts';
import { invalidSettings, readSettings, type Environment, type SettingName } from '../settings/index.ts';

/** The settings of sign-in by an OpenID provider. */
export const oidcSettings = [
  'OIDC_ISSUER_URL',
  'OIDC_CLIENT_ID',
  'OIDC_CLIENT_SECRET',
  'OIDC_NAME',
  'OIDC_SCOPES',
  'OIDC_USERNAME_CLAIM',
  'OIDC_ROLES_CLAIM',
  'OIDC_ADMIN_GROUPS',
  'OIDC_AUDITOR_GROUPS',
  'OIDC_USER_GROUPS',
] as const satisfies readonly SettingName[];

/** The provider by which people sign in; undefined without one. Throws `settings_invalid` when nobody could sign in by it. */
export function readOidc(environment: Environment): OidcOptions | undefined {
  const settings = readSettings(environment, oidcSettings);
  const { OIDC_ISSUER_URL: issuer, OIDC_CLIENT_ID: clientId } = settings;
  const groups = {
    admin: settings.OIDC_ADMIN_GROUPS ?? [],
    auditor: settings.OIDC_AUDITOR_GROUPS ?? [],
    user: settings.OIDC_USER_GROUPS ?? [],
  };
  if (issuer === undefined) return undefined;
  const problems = [
    ...(clientId === undefined ? ['OIDC_CLIENT_ID is missing, and OIDC_ISSUER_URL is set'] : []),
    ...(isPrivate(new URL(issuer)) ? [] : ['OIDC_ISSUER_URL must be an https:// URL: passwords depend on it']),
    ...(Object.values(groups).flat().length > 0
      ? []
      : [
          'OIDC_ADMIN_GROUPS, OIDC_AUDITOR_GROUPS and OIDC_USER_GROUPS are all missing, so that nobody would have a role',
        ]),
    ...(settings.OIDC_SCOPES.split(' ').includes('openid') ? [] : ['OIDC_SCOPES must have openid among them']),
  ];
  if (clientId === undefined || problems.length > 0) throw invalidSettings(problems);
  return {
    name: settings.OIDC_NAME,
    issuer,
    clientId,
    clientSecret: settings.OIDC_CLIENT_SECRET,
    scopes: settings.OIDC_SCOPES,
    usernameClaim: settings.OIDC_USERNAME_CLAIM,
    rolesClaim: settings.OIDC_ROLES_CLAIM,
    groups,
  };
}

/** Whether what is said there cannot be overheard. */
function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
