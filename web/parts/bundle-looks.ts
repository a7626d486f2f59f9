import type { BundleState } from '../../src/contract/index.ts';
import type { Look } from './Status.tsx';

/** How much is known of a bundle: four different things, each with a colour, a sign and a word of its own. */
export const bundleLooks: Readonly<Record<BundleState, Look>> = {
  completed: { tone: 'dim', icon: 'question', word: 'completed' },
  verified: { tone: 'note', icon: 'info', word: 'verified' },
  proven: { tone: 'good', icon: 'check', word: 'proven' },
  damaged: { tone: 'bad', icon: 'stop', word: 'damaged' },
};
