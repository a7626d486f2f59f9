import type { ListedScannerEntry } from '../../src/contract/index.ts';
import type { Look } from '../parts/Status.tsx';
import type { TokenState } from './tokens.ts';

export const stateLooks: Readonly<Record<ListedScannerEntry['state'], Look>> = {
  online: { tone: 'good', icon: 'check', word: 'online' },
  late: { tone: 'warn', icon: 'warning', word: 'late' },
  offline: { tone: 'bad', icon: 'close', word: 'offline' },
  revoked: { tone: 'plain', icon: 'lock', word: 'revoked' },
};

export const cloneLook: Look = { tone: 'warn', icon: 'copy', word: 'clone suspected' };

export const tokenLooks: Readonly<Record<TokenState, Look>> = {
  open: { tone: 'good', icon: 'check', word: 'open' },
  'used up': { tone: 'plain', icon: 'skip', word: 'used up' },
  expired: { tone: 'plain', icon: 'skip', word: 'expired' },
  revoked: { tone: 'plain', icon: 'lock', word: 'revoked' },
};
