import { urlOf, type Address } from './address.ts';

/** What the manager says of itself. */
export type Readiness =
  | { readonly state: 'ready' }
  /** It runs, but keeps the product closed; `unread`: perhaps only because it has not read the databases yet. */
  | { readonly state: 'closed' | 'unread'; readonly said: string }
  | { readonly state: 'silent'; readonly said: string };

/** Asks the manager's `/readyz`; that nobody answers is an answer too. */
export async function askReadiness(address: Address): Promise<Readiness> {
  try {
    const response = await fetch(`${urlOf(address)}/readyz`, { signal: AbortSignal.timeout(3000) });
    const text = await response.text();
    if (response.status === 200) return { state: 'ready' };
    const said = `${response.status} ${text.slice(0, 500)}`;
    const codes = closingCodes(text);
    if (codes === undefined) return { state: 'silent', said };
    return { state: codes.length === 0 || codes.includes('schema_unknown') ? 'unread' : 'closed', said };
  } catch {
    return { state: 'silent', said: 'nothing' };
  }
}

/** The codes in the manager's "not ready"; undefined when it is something else that answered. */
function closingCodes(text: string): readonly unknown[] | undefined {
  try {
    const { code, reasons } = JSON.parse(text) as { code?: unknown; reasons?: readonly { code?: unknown }[] };
    return code === 'not_ready' ? (reasons ?? []).map((reason) => reason.code) : undefined;
  } catch {
    return undefined;
  }
}
