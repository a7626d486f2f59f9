import type { MigratorEvent } from '../migrator/index.ts';
import type { Output } from './command.ts';
import { paint } from './terminal.ts';

/** Shows on a terminal what a run is doing: one line a database and migration, overwritten when it is done. Else nothing. */
export function showProgress(stderr: Output): (event: MigratorEvent) => void {
  if (stderr.isTTY !== true) return () => undefined;
  return (event) => {
    const line = lineOf(event);
    if (line !== undefined) stderr.write(`${paint(stderr, 'quiet', line)}\n`);
  };
}

function lineOf(event: MigratorEvent): string | undefined {
  const database = event.database.padEnd(8);
  if (event.kind === 'waiting') return `  ${database} waiting: another migrator is at work`;
  const migration = `${String(event.version).padStart(4, '0')}_${event.name}`;
  if (event.kind === 'applied')
    return `  ${database} ${migration.padEnd(40)} ${String(event.durationMs).padStart(6)} ms`;
  if (event.kind === 'applying') return undefined;
  const blockers = event.blockers.map(({ pid, applicationName }) => `pid ${pid} (${applicationName})`).join(', ');
  return `  ${database} ${migration} got no lock${blockers === '' ? '' : `, held by ${blockers}`}; attempt ${event.attempt}`;
}
