import type { ScannerSort } from '../../contract/index.ts';

/** How a list is ordered, as SQL: ties are settled by the id, so that every scanner has one place. */
interface Order {
  /** What a scanner is ordered by. */
  readonly value: string;
  /** Its type, for the value where the page before ended, which comes as text. */
  readonly type: 'text' | 'bigint';
  /** The value as it is compared. */
  readonly keys: (value: string) => readonly string[];
}

const asIs = (value: string): readonly string[] => [value];

export const orders: Readonly<Record<ScannerSort, Order>> = {
  name: { value: 'name', type: 'text', keys: (value) => [`lower(${value})`, value] },
  // In whole microseconds, as the database keeps it; those that never called come first.
  lastContact: {
    value: 'coalesce((extract(epoch from last_seen_at) * 1000000)::bigint, 0)',
    type: 'bigint',
    keys: asIs,
  },
  // 1.10.0 comes after 1.9.0, and a release after what led up to it.
  binaryVersion: {
    value: 'binary_version',
    type: 'text',
    keys: (value) => [
      `coalesce(string_to_array(substring(${value} from '^[0-9]+\\.[0-9]+\\.[0-9]+'), '.')::numeric[], '{}')`,
      `position('-' in ${value}) = 0`,
      value,
    ],
  },
  refused: { value: 'refused_count', type: 'bigint', keys: asIs },
};

/** Where a page ends: the id of its last scanner, and what that was ordered by. */
export interface Place {
  readonly id: string;
  readonly key: string | null;
}

/** A place as text, as a caller gets it and gives it back. */
export function writePlace({ id, key }: Place): string {
  return key === null ? id : `${id}:${key}`;
}

/** The place that a text names; the contract's schema has checked it. */
export function readPlace(text: string): Place {
  const colon = text.indexOf(':');
  return colon < 0 ? { id: text, key: null } : { id: text.slice(0, colon), key: text.slice(colon + 1) };
}
