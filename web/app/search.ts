import type { DatabaseName, ListedScannerEntry, ScannerSort } from '../../src/contract/index.ts';

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
  /** Show the page of the history that begins behind this place. */
  readonly before?: string;
  /** Show the page as it was at this time. */
  readonly at?: string;
  /** `1` while the help panel is open. */
  readonly help?: string;
}

/** What the list of scanners can be ordered by; a `-` turns the order round. */
export const scannersSorts = [
  'name',
  '-name',
  '-lastContact',
  'lastContact',
  '-binaryVersion',
  'binaryVersion',
  '-refused',
  'refused',
] as const satisfies readonly (ScannerSort | `-${ScannerSort}`)[];
export type ScannersSort = (typeof scannersSorts)[number];

/** What can be asked for: an hour, a day, a week, thirty days without a call. */
export const silentHours = ['1', '24', '168', '720'] as const;
export type SilentHours = (typeof silentHours)[number];

/** What Admin > Scanners keeps in its address. */
export interface ScannersSearch {
  /** Show scanners whose name contains this. */
  readonly text?: string;
  readonly state?: ListedScannerEntry['state'] | '';
  /** Binary version. */
  readonly version?: string;
  readonly protocol?: string;
  /** Inside or outside the protocol window. */
  readonly window?: 'in' | 'out' | '';
  /** For how many hours it has not called. */
  readonly silent?: SilentHours | '';
  /** Whether its calls for jobs are refused. */
  readonly refused?: 'yes' | 'no' | '';
  /** Whether a clone of its credential is suspected. */
  readonly clone?: 'yes' | 'no' | '';
  /** Whether it holds jobs. */
  readonly jobs?: 'yes' | 'no' | '';
  readonly sort?: ScannersSort | '';
  /** Show the page that begins behind this place in that order. */
  readonly after?: string;
  /** `1` while the help panel is open. */
  readonly help?: string;
}

/** What Admin > Database Status keeps in its address. */
export interface DatabasesSearch {
  /** Show this database; absent: the one that is worst off. */
  readonly db?: DatabaseName | '';
  /** `1` while the help panel is open. */
  readonly help?: string;
}

/** What Admin > Backups keeps in its address. */
export interface BackupsSearch {
  /** Id of the bundle whose details are open. */
  readonly bundle?: string;
  /** `1` while all bundles are listed, and not the newest alone. */
  readonly all?: string;
  /** `1` while the help panel is open. */
  readonly help?: string;
}

/** What the Scans pages keep in their addresses. */
export interface ScansSearch {
  /** Scans: show the page that begins below the scan of this id. */
  readonly before?: string;
  /** One scan: show the page of jobs that begins after the job of this id. */
  readonly after?: string;
  /** One target: its `host:port`. */
  readonly address?: string;
  /** Scans: ask for a scan of this `host:port`, or of what is typed then. */
  readonly ask?: string;
  /** `1` while the help panel is open. */
  readonly help?: string;
}

/** What Admin > Audit keeps in its address. */
export interface AuditSearch {
  /** Part of the name of who did it. */
  readonly actor?: string;
  /** How the action begins. */
  readonly action?: string;
  /** Part of what it was done to. */
  readonly about?: string;
  /** The first day that is shown, and the last. */
  readonly since?: string;
  readonly until?: string;
  /** Show the page that begins behind this event. */
  readonly before?: string;
  /** `1` while the help panel is open. */
  readonly help?: string;
}

/** What a page keeps in its address that has nothing else to keep. */
export interface HelpSearch {
  /** `1` while the help panel is open. */
  readonly help?: string;
}

/** What the list of help pages keeps in its address. */
export interface HelpIndexSearch {
  /** What is looked for. */
  readonly q?: string;
}

export interface SignInSearch {
  /** Path to go to after signing in. */
  readonly next?: string;
  /** Why a sign-in by the OpenID provider came to nothing. */
  readonly oidc?: string;
}

/** What the Release page shows, from its address; what it cannot read is left out. */
export function parseReleaseSearch(search: Record<string, unknown>): ReleaseSearch {
  return pick(search, ['db', 'text', 'by', 'open', 'before', 'at', 'help']);
}

const databases: readonly DatabaseName[] = ['config', 'results', 'jobs'];

/** What Admin > Database Status shows, from its address. */
export function parseDatabasesSearch(search: Record<string, unknown>): DatabasesSearch {
  const { db, help } = pick(search, ['db', 'help']);
  return dropUndefined({ db: databases.find((each) => each === db), help });
}

const scannerStates: readonly ListedScannerEntry['state'][] = ['online', 'late', 'offline', 'revoked'];
const id = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** An id with what its scanner is ordered by. */
const place = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:/;

/** What Admin > Scanners shows, from its address; what the API would not understand is left out. */
export function parseScannersSearch(search: Record<string, unknown>): ScannersSearch {
  const { text, state, version, protocol, window, after, help, ...more } = pick(search, [
    'text',
    'state',
    'version',
    'protocol',
    'window',
    'silent',
    'refused',
    'clone',
    'jobs',
    'sort',
    'after',
    'help',
  ]);
  const sort = scannersSorts.find((each) => each === more.sort);
  return dropUndefined({
    text: text?.slice(0, 200),
    state: scannerStates.find((each) => each === state),
    version: version?.slice(0, 64),
    protocol: /^[1-9]\d{0,4}$/.test(protocol ?? '') && Number(protocol) <= 65_535 ? protocol : undefined,
    window: window === 'in' || window === 'out' ? window : undefined,
    silent: silentHours.find((each) => each === more.silent),
    refused: yesOrNo(more.refused),
    clone: yesOrNo(more.clone),
    jobs: yesOrNo(more.jobs),
    sort,
    after: after !== undefined && (sort === undefined ? id : place).test(after) ? after : undefined,
    help,
  });
}

function yesOrNo(text: string | undefined): 'yes' | 'no' | undefined {
  return text === 'yes' || text === 'no' ? text : undefined;
}

const bundleId = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** What Admin > Backups shows, from its address. */
export function parseBackupsSearch(search: Record<string, unknown>): BackupsSearch {
  const { bundle, all, help } = pick(search, ['bundle', 'all', 'help']);
  return dropUndefined({ bundle: bundle !== undefined && bundleId.test(bundle) ? bundle : undefined, all, help });
}

/** What a Scans page shows, from its address. */
export function parseScansSearch(search: Record<string, unknown>): ScansSearch {
  const { before, after, address, ask, help } = pick(search, ['before', 'after', 'address', 'ask', 'help']);
  return dropUndefined({
    before: before !== undefined && id.test(before) ? before : undefined,
    after: after !== undefined && id.test(after) ? after : undefined,
    address: address?.slice(0, 300),
    ask: ask?.slice(0, 300),
    help,
  });
}

const day = /^\d{4}-\d{2}-\d{2}$/;

/** What Admin > Audit shows, from its address; what the API would not understand is left out. */
export function parseAuditSearch(search: Record<string, unknown>): AuditSearch {
  const { actor, action, about, since, until, before, help } = pick(search, [
    'actor',
    'action',
    'about',
    'since',
    'until',
    'before',
    'help',
  ]);
  return dropUndefined({
    actor: actor?.slice(0, 200),
    action: action?.slice(0, 100),
    about: about?.slice(0, 200),
    since: since !== undefined && day.test(since) ? since : undefined,
    until: until !== undefined && day.test(until) ? until : undefined,
    before: before !== undefined && /^\d{1,18}$/.test(before) ? before : undefined,
    help,
  });
}

/** Whether the help panel is open, from the address. */
export function parseHelpSearch(search: Record<string, unknown>): HelpSearch {
  return pick(search, ['help']);
}

/** What is looked for in the help, from the address. */
export function parseHelpIndexSearch(search: Record<string, unknown>): HelpIndexSearch {
  return pick(search, ['q']);
}

/** Only a path of this site is taken: a link must not lead elsewhere after signing in. */
export function parseSignInSearch(search: Record<string, unknown>): SignInSearch {
  const { next, oidc } = pick(search, ['next', 'oidc']);
  return {
    ...(next !== undefined && /^\/(?![/\\])/.test(next) ? { next } : {}),
    ...(oidc === undefined ? {} : { oidc }),
  };
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

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function dropUndefined<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
