import { commandLineOf, isRunning, parentOf } from './processes.ts';

const pauseMs = 250;

/**
 * Calls `onGone` when `npm start` itself is killed, which no signal tells of: npm runs us through a shell, and neither
 * takes its child along. Gives the function that ends the watch.
 */
export function watchNpm(onGone: () => void): () => void {
  const watched = npmAncestors(process.ppid);
  const timer = setInterval(() => {
    if (watched.every(isRunning)) return;
    clearInterval(timer);
    onGone();
  }, pauseMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Our parent, and npm behind it if the parent is npm's shell. What stands behind npm is none of our business. */
function npmAncestors(parent: number): readonly number[] {
  const grandparent = parentOf(parent);
  const isNpm = grandparent !== undefined && commandLineOf(grandparent).some((word) => /\bnpm\b/.test(word));
  return isNpm ? [parent, grandparent] : [parent];
}
