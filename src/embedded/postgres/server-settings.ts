import { socketPort, type ClusterHome } from './home.ts';

/** Postgres settings by name; they win over the cluster's own files. */
export type ServerSettings = Readonly<Record<string, string>>;

/**
 * Small for a laptop: 17 MB idle. No TCP at all: only the socket in a private folder. Shared memory in files of the
 * cluster: a container's /dev/shm is too small, a logout empties it, and a killed server leaves its part there.
 */
const modest: ServerSettings = {
  max_connections: '100',
  shared_buffers: '64MB',
  dynamic_shared_memory_type: 'mmap',
  io_method: 'sync',
  max_wal_senders: '3',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** The command-line words that configure the server. */
export function serverArguments(home: ClusterHome, overrides: ServerSettings): string[] {
  const settings: ServerSettings = {
    ...modest,
    ...overrides,
    listen_addresses: '',
    port: String(socketPort),
    unix_socket_directories: quoteListItem(home.socketDir),
  };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', home.cluster, ...words];
}

/** The setting is a comma-separated list: a folder whose name holds a comma or a space must be quoted. */
function quoteListItem(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
