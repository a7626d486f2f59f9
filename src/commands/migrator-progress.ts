import { describeHolder, type MigratorEvent } from '../migrator/index.ts';
import type { Output } from './command.ts';
import { paint } from './terminal.ts';

const slowAfterMs = 1000;

/**
 * Shows on a terminal what a run is doing: a line for each migration done, and for one that takes long. Elsewhere only that it
 * waits for another migrator: nobody could else tell why it is silent.
 */
export function showProgress(stderr: Output): (event: MigratorEvent) => void {
  if (stderr.isTTY !== true) return (event) => warn(stderr, event);
  const slow = new Map<string, NodeJS.Timeout>();
  const write = (event: MigratorEvent): unknown => stderr.write(`${paint(stderr, 'quiet', lineOf(event))}\n`);
  return (event) => {
    clearTimeout(slow.get(event.database));
    if (event.kind !== 'applying') write(event);
    else slow.set(event.database, setTimeout(() => write(event), slowAfterMs).unref());
  };
}

function warn(stderr: Output, event: MigratorEvent): void {
  if (event.kind === 'waiting') stderr.write(`plimsoll: ${event.database}: ${waitingFor(event)}\n`);
}

function waitingFor({ holder }: Extract<MigratorEvent, { kind: 'waiting' }>): string {
  return `waiting: another migrator is at work, ${describeHolder(holder)}`;
}

function lineOf(event: MigratorEvent): string {
  const database = event.database.padEnd(8);
  if (event.kind === 'waiting') return `  ${database} ${waitingFor(event)}`;
  const migration = `${String(event.version).padStart(4, '0')}_${event.name}`;
  if (event.kind === 'applied')
    return `  ${database} ${migration.padEnd(40)} ${String(event.durationMs).padStart(6)} ms`;
  if (event.kind === 'applying') return `  ${database} ${migration} is running`;
  const blockers = event.blockers.map(({ pid, applicationName }) => `pid ${pid} (${applicationName})`).join(', ');
  return `  ${database} ${migration} got no lock${blockers === '' ? '' : `, held by ${blockers}`}; attempt ${event.attempt}`;
}
