import type { ScannerList } from '../../src/contract/index.ts';
import type { WantedScanners } from '../api/scanners.ts';
import type { ScannersSearch } from '../app/search.ts';
import { countOf } from '../parts/size.ts';

/** The address of the page as a question to the API. */
export function wantedOf({ text, state, version, protocol, window, after }: ScannersSearch): WantedScanners {
  return {
    ...(text ? { search: text } : {}),
    ...(state ? { state } : {}),
    ...(version ? { binaryVersion: version } : {}),
    ...(protocol ? { protocolVersion: protocol } : {}),
    ...(window ? { inWindow: window === 'in' ? 'true' : 'false' } : {}),
    ...(after ? { after } : {}),
  };
}

/** True if the reader has asked to see less than the whole fleet. */
export function hasFilter({ text, state, version, protocol, window }: ScannersSearch): boolean {
  return Boolean(text || state || version || protocol || window);
}

/** How many scanners are shown, and whether these are all. */
export function describePage(list: ScannerList, search: ScannersSearch): string {
  const shown = countOf(list.scanners.length, 'scanner');
  if (list.nextAfter !== null) return `${shown} on this page, more follow`;
  if (search.after) return `${shown} on this page, the last`;
  return hasFilter(search) ? `${shown} found` : shown;
}

/** What can be chosen in a filter: what the fleet has, and what the address asks for even if the fleet has it not. */
export function choicesOf(values: readonly string[], chosen: string | undefined): string[] {
  return [...new Set(chosen ? [...values, chosen] : values)].sort((a, b) =>
    b.localeCompare(a, 'en', { numeric: true }),
  );
}
