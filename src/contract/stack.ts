import type { DatabaseName } from './databases.ts';

/** DATA_DIR/stack.json (mode 0600): what another terminal needs of a running embedded stack. */
export interface StackFile {
  readonly url: string;
  /** Process ids; null for a part that this stack does not run. */
  readonly pids: {
    readonly manager: number | null;
    readonly backup: number | null;
    readonly scanner: number | null;
    readonly postgres: number | null;
  };
  readonly databases: Readonly<
    Record<
      DatabaseName,
      {
        readonly owner: string;
        readonly app: string;
        readonly readonly: string;
        /** What sees the server's statistics; absent in the file of an earlier release. */
        readonly monitor?: string;
      }
    >
  >;
  /** What bundles are proven with; absent in the file of an earlier release. */
  readonly proveDatabaseUrl?: string;
  readonly backupServiceUrl: string | null;
  /** Absent in the file of an earlier release. */
  readonly backupServiceToken?: string | null;
  readonly adminUser: string;
}
