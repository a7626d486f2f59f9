import type { PreflightOptions } from '../preflight/index.ts';
import type { Output } from './command.ts';
import { paint } from './terminal.ts';

/** Shows on a terminal how many checks are done, on one line that is gone once all are; elsewhere nothing. */
export function showCheckProgress(stderr: Output): NonNullable<PreflightOptions['onChecked']> {
  if (stderr.isTTY !== true) return () => undefined;
  return (done, total, { title }) => {
    const line = done === total ? '' : paint(stderr, 'quiet', `${done} of ${total} checks done: ${title}`);
    stderr.write(`\r\u001B[2K${line}`);
  };
}
