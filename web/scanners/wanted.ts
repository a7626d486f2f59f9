import type { ScannerList } from '../../src/contract/index.ts';
import type { WantedScanners } from '../api/scanners.ts';
import type { ScannersSearch } from '../app/search.ts';
import { countOf } from '../parts/size.ts';

/** The address of the page as a question to the API. */
export function wantedOf(search: ScannersSearch): WantedScanners {
  const { text, state, version, protocol, window, sort, after } = search;
  return {
    ...(text ? { search: text } : {}),
    ...(state ? { state } : {}),
    ...(version ? { binaryVersion: version } : {}),
    ...(protocol ? { protocolVersion: protocol } : {}),
    ...(window ? { inWindow: window === 'in' ? 'true' : 'false' } : {}),
    ...(search.silent ? { silentHours: search.silent } : {}),
    ...yesOrNo('refused', search.refused),
    ...yesOrNo('cloneSuspected', search.clone),
    ...yesOrNo('holdsJobs', search.jobs),
    ...(sort ? { sort: sort.replace(/^-/, '') } : {}),
    ...(sort?.startsWith('-') === true ? { descending: 'true' } : {}),
    ...(after ? { after } : {}),
  };
}

function yesOrNo(name: string, chosen: string | undefined): Record<string, string> {
  return chosen ? { [name]: chosen === 'yes' ? 'true' : 'false' } : {};
}

/** True if the reader has asked to see less than the whole fleet. */
export function hasFilter({ help: _help, sort: _sort, after: _after, ...filters }: ScannersSearch): boolean {
  return Object.values(filters).some(Boolean);
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
