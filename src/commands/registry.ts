import type { Command } from './command.ts';

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/**
 * Every command by its words. Each is loaded only when asked for: start-up pays for nothing it does not use.
 */
export const registry: Readonly<Record<string, Entry>> = {
  posture: {
    summary: 'Shows whether this deployment is fit to run and safe to upgrade.',
    load: async () => (await import('./posture.ts')).command,
  },
  up: {
    summary: 'Run everything on this machine, with an embedded Postgres.',
    load: async () => (await import('./up.ts')).command,
  },
};

/** Words that stand for other words. */
export const aliases: Readonly<Record<string, string>> = {
  migrator: 'migrator migrate',
};
