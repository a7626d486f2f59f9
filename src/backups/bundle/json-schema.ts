import { z } from 'zod';
import { bundleDocumentSchema } from '../../contract/index.ts';

/** The text of docs/bundle.schema.json, for programs that read bundles. */
export function bundleJsonSchema(): string {
  const schema = z.toJSONSchema(bundleDocumentSchema);
  return `${JSON.stringify({ ...schema, title: 'Plimsoll backup bundle (bundle.json)' }, null, 2)}\n`;
}
