import { databaseNames, type DatabaseName, type DatabasePosture, type Manifest } from '../contract/index.ts';
import { unreadSchema } from '../migrator/index.ts';

/** The databases of a process that has read nothing yet: all unknown. */
export function unreadDatabases(manifest: Manifest): DatabasePosture[] {
  return databaseNames.map((name) => unreadDatabase(name, manifest.databases[name].schemaVersion));
}

function unreadDatabase(name: DatabaseName, required: number): DatabasePosture {
  return {
    name,
    ...unreadSchema(required),
    error: { code: 'not_read_yet', message: 'not read yet' },
    readAt: null,
    lastKnown: null,
  };
}
