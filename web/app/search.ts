/** What Admin > Release keeps in its address: everything is text, absent means the default. */
export interface ReleaseSearch {
  /** Show the migrations of this database only. */
  readonly db?: string;
  /** Show migrations whose name, version or build contains this. */
  readonly text?: string;
  /** Show what this person or role applied. */
  readonly by?: string;
  /** Ids of the open runs, comma-separated; `none`; absent: the newest. */
  readonly open?: string;
  /** `1` while the help panel is open. */
  readonly help?: string;
}

export interface SignInSearch {
  /** Path to go to after signing in. */
  readonly next?: string;
}

/** What the Release page shows, from its address; what it cannot read is left out. */
export function parseReleaseSearch(search: Record<string, unknown>): ReleaseSearch {
  return pick(search, ['db', 'text', 'by', 'open', 'help']);
}

/** Only a path of this site is taken: a link must not lead elsewhere after signing in. */
export function parseSignInSearch(search: Record<string, unknown>): SignInSearch {
  const { next } = pick(search, ['next']);
  return next !== undefined && /^\/(?![/\\])/.test(next) ? { next } : {};
}

/** The address's question part as plain text values, not JSON: readable and easily written by hand. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** The search part of an address, without what is empty. */
export function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const text = new URLSearchParams(given.filter(([, value]) => value !== '')).toString();
  return text === '' ? '' : `?${text}`;
}

function pick<Name extends string>(search: Record<string, unknown>, names: readonly Name[]): { [K in Name]?: string } {
  const picked: { [K in Name]?: string } = {};
  for (const name of names) {
    const value = search[name];
    if (typeof value === 'string' && value !== '') picked[name] = value;
  }
  return picked;
}
