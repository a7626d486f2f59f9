import type { DatabasePosture } from '../../src/contract/index.ts';
import { Status } from '../parts/Status.tsx';
import { schemaLook } from '../release/looks.ts';
import { Card } from './Card.tsx';

/** Each database with the status of its schema. */
export function DatabasesCard({ databases }: { readonly databases: readonly DatabasePosture[] }) {
  return (
    <Card title="Databases" to="/admin/databases" page="Database Status">
      <dl className="facts">
        {databases.map((database) => (
          <div key={database.name}>
            <dt>{database.name}</dt>
            <dd>
              <Status look={schemaLook(database)} /> <span className="quiet">{versionWords(database)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function versionWords({ current, required }: DatabasePosture): string {
  if (current === null) return `needs schema ${required}`;
  return current === required ? `schema ${current}` : `schema ${current}, needs ${required}`;
}
