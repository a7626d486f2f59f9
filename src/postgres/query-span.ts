import type { SpanSpec } from '../base/index.ts';
import type { DatabaseTarget } from './classify.ts';

const longestText = 500;

/**
 * What a trace tells of a statement: its text, which has `$1` where values are; the few that are written out are blotted
 * out. Names of the attributes: OpenTelemetry semantic conventions for databases.
 */
export function querySpan({ name }: DatabaseTarget, text: string): SpanSpec {
  const verb = /[a-z]+/i.exec(text)?.[0].toLowerCase() ?? 'query';
  return {
    name: `${verb} ${name}`,
    kind: 'client',
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': name,
      'db.operation.name': verb,
      'db.query.text': withoutValues(text).slice(0, longestText),
    },
  };
}

/** Without texts in quotes, dollar-quoted ones included. */
export function withoutValues(text: string): string {
  return text
    .replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, '?')
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
