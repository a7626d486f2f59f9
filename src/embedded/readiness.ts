import type { ClosedPart } from '../contract/index.ts';
import { urlOf, type Address } from './address.ts';

/** An operator's command keeps the product closed: what it is, and what to type if it was interrupted. */
export interface ClosedByCommand {
  readonly message: string;
  readonly remedy: string;
}

/** What the manager says of itself. */
export type Readiness =
  | { readonly state: 'ready' }
  /** It runs, but keeps the product closed; `unread`: perhaps only because it has not read the databases yet. */
  | { readonly state: 'closed' | 'unread'; readonly said: string; readonly maintenance: ClosedByCommand | undefined }
  | { readonly state: 'silent'; readonly said: string };

/** Asks the manager's `/readyz`; that nobody answers is an answer too. */
export async function askReadiness(address: Address): Promise<Readiness> {
  try {
    const response = await fetch(`${urlOf(address)}/readyz`, { signal: AbortSignal.timeout(3000) });
    const text = await response.text();
    if (response.status === 200) return { state: 'ready' };
    const said = `${response.status} ${text.slice(0, 500)}`;
    const reasons = closingReasons(text);
    if (reasons === undefined) return { state: 'silent', said };
    const isUnread = reasons.length === 0 || reasons.some(({ code }) => code === 'schema_unknown');
    const maintenance = reasons.find(({ code }) => code === 'maintenance');
    return { state: isUnread ? 'unread' : 'closed', said, maintenance };
  } catch {
    return { state: 'silent', said: 'nothing' };
  }
}

/** The reasons in the manager's "not ready"; undefined when it is something else that answered. */
function closingReasons(text: string): readonly ClosedPart[] | undefined {
  try {
    const { code, reasons } = JSON.parse(text) as { code?: unknown; reasons?: readonly ClosedPart[] };
    return code === 'not_ready' ? (reasons ?? []) : undefined;
  } catch {
    return undefined;
  }
}
