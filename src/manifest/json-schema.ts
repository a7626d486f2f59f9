import { z } from 'zod';
import { manifestSchema } from '../contract/index.ts';

/** The text of docs/release-manifest.schema.json, for programs that write or check a manifest. */
export function manifestJsonSchema(): string {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input' });
  return `${JSON.stringify({ ...schema, title: 'Plimsoll compatibility manifest (release.json)' }, null, 2)}\n`;
}
