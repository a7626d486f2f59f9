import type { Finding, Found, Scan, ScanJob } from '../../src/contract/index.ts';
import { countOf } from '../parts/size.ts';
import type { Look } from '../parts/Status.tsx';

const soonDays = 14;
const someDays = 45;

/** What one probe found, as a look and in words. */
export function describeFinding(finding: Finding): { readonly look: Look; readonly words: string } {
  if (finding.error !== null) {
    return {
      look: { tone: 'bad', icon: 'warning', word: 'fault' },
      words: `${finding.error.message} (${finding.error.code})`,
    };
  }
  if (finding.kind === 'tcp') {
    const words = finding.latencyMs === null ? '' : `in ${Math.round(finding.latencyMs)} ms`;
    return { look: finding.open ? good('open') : { tone: 'bad', icon: 'close', word: 'closed' }, words };
  }
  if (finding.kind === 'tls')
    return { look: trustLook(finding.trusted), words: joined([finding.protocol, finding.cipher]) };
  return describeHttp(finding);
}

function describeHttp({ status, redirects, headersMissing, server }: Extract<Finding, { kind: 'http' }>) {
  const look: Look =
    headersMissing.length === 0 ? good('answers') : { tone: 'warn', icon: 'info', word: 'headers missing' };
  const words = joined([
    status === null ? null : `status ${status}`,
    redirects.length === 0 ? null : `after ${countOf(redirects.length, 'redirect')}`,
    server === null ? null : `by ${server}`,
    headersMissing.length === 0 ? null : `without ${headersMissing.join(', ')}`,
  ]);
  return { look, words };
}

function trustLook(trusted: boolean | null): Look {
  if (trusted === null) return { tone: 'dim', icon: 'question', word: 'trust unknown' };
  return trusted ? good('trusted') : { tone: 'warn', icon: 'warning', word: 'not trusted' };
}

function good(word: string): Look {
  return { tone: 'good', icon: 'check', word };
}

function joined(words: readonly (string | null)[]): string {
  return words.filter((each) => each !== null && each !== '').join(', ');
}

/** How long a certificate is still good; null when none was shown. */
export function certificateLook({ certificateDaysLeft: days }: Pick<Found, 'certificateDaysLeft'>): Look | null {
  if (days === null) return null;
  if (days < 0) return { tone: 'bad', icon: 'stop', word: `expired ${countOf(-days, 'day')} ago` };
  const word = days === 0 ? 'expires today' : `${countOf(days, 'day')} left`;
  if (days <= soonDays) return { tone: 'bad', icon: 'warning', word };
  return days <= someDays ? { tone: 'warn', icon: 'warning', word } : { tone: 'plain', icon: 'check', word };
}

/** How a scan stands as a whole. */
export function scanLook({ counts }: Pick<Scan, 'counts'>): Look {
  if (counts.running > 0) return { tone: 'note', icon: 'running', word: 'running' };
  if (counts.queued > 0) return { tone: 'note', icon: 'skip', word: 'queued' };
  if (counts.failed > 0)
    return { tone: 'warn', icon: 'warning', word: `ended, ${counts.failed.toLocaleString('en')} failed` };
  if (counts.cancelled > 0) return { tone: 'plain', icon: 'close', word: 'cancelled' };
  return good('done');
}

/** True while jobs of a scan may still change. */
export function isOpen({ counts }: Pick<Scan, 'counts'>): boolean {
  return counts.queued + counts.running > 0;
}

export const jobLooks: Readonly<Record<ScanJob['state'], Look>> = {
  queued: { tone: 'plain', icon: 'skip', word: 'queued' },
  waiting: { tone: 'warn', icon: 'running', word: 'tried again later' },
  running: { tone: 'note', icon: 'running', word: 'running' },
  done: { tone: 'good', icon: 'check', word: 'done' },
  failed: { tone: 'bad', icon: 'stop', word: 'failed' },
  cancelled: { tone: 'plain', icon: 'close', word: 'cancelled' },
};
