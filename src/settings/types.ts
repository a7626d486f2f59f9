import { parseNetwork, parsePostgresUrl, Secret } from '../base/index.ts';

/** A parsed value, or the sentence that says what is wrong with the text (never the text of a secret). */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** One setting: how its text is read and how it is explained. */
export interface Setting<T> {
  readonly kind: string;
  readonly help: string;
  readonly secret: boolean;
  readonly optional: boolean;
  /** The default as an operator would type it; undefined when there is none. */
  readonly defaultText: string | undefined;
  parse(text: string): Parsed<T>;
}

interface Common {
  readonly help: string;
}

/** A whole number within bounds. */
export function integer(
  spec: Common & { default: number; min: number; max: number },
): Setting<number> & { optional: false } {
  return {
    kind: `integer ${spec.min}–${spec.max}`,
    help: spec.help,
    secret: false,
    optional: false,
    defaultText: String(spec.default),
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= spec.min && value <= spec.max) return { value };
      return { problem: `must be a whole number from ${spec.min} to ${spec.max}, found ${JSON.stringify(text)}` };
    },
  };
}

interface TextRules {
  readonly minLength?: number;
  readonly oneOf?: readonly string[];
  /** It is sent in a header: visible characters of ASCII alone, as HTTP takes them. */
  readonly bearer?: true;
}

/** Any text; a secret one is wrapped so that it cannot be printed. */
export function text(spec: Common & TextRules & { secret: true; optional: true }): Setting<Secret> & { optional: true };
export function text(spec: Common & TextRules & { optional: true }): Setting<string> & { optional: true };
export function text(spec: Common & TextRules & { default: string }): Setting<string> & { optional: false };
export function text(
  spec: Common & TextRules & { secret?: true; optional?: true; default?: string },
): Setting<string | Secret> {
  return {
    kind: spec.oneOf ? spec.oneOf.join(' | ') : 'text',
    help: spec.help,
    secret: spec.secret ?? false,
    optional: spec.optional ?? false,
    defaultText: spec.default,
    parse: (value) => {
      const strange = spec.bearer ? Array.from(value).find((character) => !/^[!-~]$/.test(character)) : undefined;
      if (strange !== undefined)
        return { problem: `must be one word of visible ASCII characters, found ${nameOf(strange)} in it` };
      const length = Array.from(value).length;
      if (spec.minLength !== undefined && length < spec.minLength)
        return { problem: `must have at least ${spec.minLength} characters, found ${length}` };
      if (spec.oneOf && !spec.oneOf.includes(value))
        return { problem: `must be one of ${spec.oneOf.join(', ')}, found ${JSON.stringify(value)}` };
      return { value: spec.secret ? new Secret(value) : value };
    },
  };
}

/** What kind of character it is; never which one, as it may be of a secret. */
function nameOf(character: string): string {
  if (/\s/.test(character)) return 'a space, a tab or a line break';
  return /\p{Cc}/u.test(character) ? 'a control character' : 'a character that is not ASCII';
}

/** A postgres:// URL, kept secret as a whole because it carries a password. */
export function postgresUrl(spec: Common & { optional: true }): Setting<Secret> & { optional: true } {
  return {
    kind: 'postgres:// URL',
    help: spec.help,
    secret: true,
    optional: true,
    defaultText: undefined,
    parse: (value) => {
      const outcome = parsePostgresUrl(value);
      return 'problem' in outcome ? outcome : { value: new Secret(value) };
    },
  };
}

/** An http:// or https:// address without its trailing slash. */
export function httpUrl(spec: Common & { optional: true }): Setting<string> & { optional: true } {
  return {
    kind: 'http:// or https:// URL',
    help: spec.help,
    secret: false,
    optional: true,
    defaultText: undefined,
    parse: (value) => {
      const url = URL.parse(value);
      if (url === null || !['http:', 'https:'].includes(url.protocol))
        return { problem: 'must be an http:// or https:// URL' };
      if (url.username !== '' || url.password !== '')
        return { problem: 'must not carry a password; use the token setting' };
      return { value: value.replace(/\/+$/, '') };
    },
  };
}

/** IP addresses or networks in CIDR form, separated by commas. */
export function networkList(spec: Common & { optional: true }): Setting<readonly string[]> & { optional: true };
export function networkList(spec: Common & { default: string }): Setting<readonly string[]> & { optional: false };
export function networkList(spec: Common & { optional?: true; default?: string }): Setting<readonly string[]> {
  return {
    kind: 'addresses or networks, comma-separated',
    help: spec.help,
    secret: false,
    optional: spec.optional ?? false,
    defaultText: spec.default,
    parse: (value) => {
      const entries = value.split(',').map((entry) => entry.trim());
      const networks = entries.filter((entry) => entry !== '');
      const wrong = networks.find((entry) => parseNetwork(entry) === undefined);
      if (wrong === undefined) return { value: networks };
      return { problem: `must be addresses or networks such as 10.0.0.0/8, found ${JSON.stringify(wrong)}` };
    },
  };
}

/** A URL of one of these protocols, kept secret as a whole because it may carry a password or a token. */
export function secretUrl(
  spec: Common & { optional: true; protocols: readonly string[] },
): Setting<Secret> & { optional: true } {
  const forms = spec.protocols.map((protocol) => `${protocol}//`).join(' or ');
  return {
    kind: `${forms} URL`,
    help: spec.help,
    secret: true,
    optional: true,
    defaultText: undefined,
    parse: (value) => {
      const url = URL.parse(value);
      if (url === null || !spec.protocols.includes(url.protocol) || url.hostname === '')
        return { problem: `must be a ${forms} URL` };
      return { value: new Secret(value) };
    },
  };
}

const [fewestKeyBytes, mostKeyBytes] = [24, 64];

/** A key for signing webhooks in the form of the Standard Webhooks specification: `whsec_` and base64. */
export function webhookSecret(spec: Common & { optional: true }): Setting<Secret> & { optional: true } {
  const form = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
  return {
    kind: 'whsec_ and base64',
    help: spec.help,
    secret: true,
    optional: true,
    defaultText: undefined,
    parse: (value) => {
      const bytes = Buffer.from(value.slice('whsec_'.length), 'base64').length;
      if (form.test(value) && bytes >= fewestKeyBytes && bytes <= mostKeyBytes) return { value: new Secret(value) };
      return { problem: `must be whsec_ and the base64 of ${fewestKeyBytes} to ${mostKeyBytes} bytes` };
    },
  };
}

/** Mail addresses, separated by commas. */
export function mailAddresses(spec: Common & { optional: true }): Setting<readonly string[]> & { optional: true } {
  return {
    kind: 'mail addresses, comma-separated',
    help: spec.help,
    secret: false,
    optional: true,
    defaultText: undefined,
    parse: (value) => {
      const addresses = value.split(',').map((entry) => entry.trim());
      const wrong = addresses.find((entry) => !/^[^\s@,<>"]+@[^\s@,<>"]+$/.test(entry));
      if (wrong === undefined) return { value: addresses };
      return { problem: `must be mail addresses such as ops@example.org, found ${JSON.stringify(wrong)}` };
    },
  };
}

/** Words separated by commas; spaces around them do not count. */
export function wordList(spec: Common & { optional: true }): Setting<readonly string[]> & { optional: true } {
  return {
    kind: 'words, comma-separated',
    help: spec.help,
    secret: false,
    optional: true,
    defaultText: undefined,
    parse: (value) => {
      const words = value.split(',').map((word) => word.trim());
      return { value: words.filter((word) => word !== '') };
    },
  };
}
