import type { Command } from './command.ts';

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/**
 * Every command by its words. Each is loaded only when asked for: start-up pays for nothing it does not use.
 */
export const registry: Readonly<Record<string, Entry>> = {
  manager: {
    summary: 'Runs the manager: the HTTP API and the admin pages.',
    load: async () => (await import('./manager.ts')).command,
  },
  'user add': { summary: 'Adds a user.', load: async () => (await import('./user-add.ts')).command },
  'user passwd': {
    summary: "Sets a user's password and ends the user's sessions.",
    load: async () => (await import('./user-passwd.ts')).command,
  },
  'user list': { summary: 'Lists the users.', load: async () => (await import('./user-list.ts')).command },
  'user disable': {
    summary: 'Switches a user off and ends the sessions of that user.',
    load: async () => (await import('./user-disable.ts')).command,
  },
  'user enable': {
    summary: 'Switches a user on again.',
    load: async () => (await import('./user-enable.ts')).command,
  },
  'token create': {
    summary: 'Makes an API token and prints it, once.',
    load: async () => (await import('./token-create.ts')).command,
  },
  'token revoke': { summary: 'Revokes an API token.', load: async () => (await import('./token-revoke.ts')).command },
  'token list': { summary: 'Lists the API tokens.', load: async () => (await import('./token-list.ts')).command },
};

/** Words that stand for other words. */
export const aliases: Readonly<Record<string, string>> = {
  migrator: 'migrator migrate',
};
