import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ErrorTable } from '../base/index.ts';
import { problemSchema } from '../contract/index.ts';
import type { ListedRoute } from './route-list.ts';
import type { Access, ResponseSpec } from './route.ts';

type Json = Record<string, unknown>;

/** What a route answers that the gate may have switched off. */
const closedGate = ['schema_behind', 'schema_ahead', 'schema_unknown', 'schema_dirty', 'maintenance'];

/** What the document of one API says beside its routes. */
export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  /** Schemas that get a name of their own in the document, so that clients made from it read well. */
  readonly named: ReadonlyMap<z.ZodType, string>;
  readonly securitySchemes: Json;
  /** What an operation says of who may call it. */
  readonly securityOf: (access: Access) => Json;
  /** Codes that every call of this access may be answered with. */
  readonly problemsOf: (access: Access) => readonly string[];
  /** All codes that routes may name. */
  readonly codes: ErrorTable;
}

/** The OpenAPI 3.1 document of the routes: what is enforced and what is documented come from one place. */
function openapiOf(routes: readonly ListedRoute[], api: ApiDescription): Json {
  const writer = new Writer(api);
  const paths: Record<string, Json> = {};
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: writer.operation(route) };
  return {
    openapi: '3.1.0',
    info: {
      title: api.title,
      version: api.version,
      description: api.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: { schemas: writer.schemas(), securitySchemes: api.securitySchemes },
  };
}

/** `GET /api/openapi.json`: the document, made when it is first asked for. */
export function openapiRoute(
  api: FastifyInstance,
  routes: readonly ListedRoute[],
  describe: () => ApiDescription,
): void {
  let text: string | undefined;
  api.route({
    method: 'GET',
    url: '/api/openapi.json',
    config: {
      facts: {
        access: 'public',
        tag: 'help',
        summary: 'This description of the API, in OpenAPI 3.1.',
        responses: { 200: { description: 'The document.', mediaType: 'application/json' } },
      },
    },
    handler: (_request, reply) => {
      text ??= JSON.stringify(openapiOf(routes, describe()));
      return reply.type('application/json; charset=utf-8').send(text);
    },
  });
}

/** Writes the parts of one document, which refer to its named schemas. */
class Writer {
  readonly #api: ApiDescription;
  readonly #named: ReadonlyMap<z.ZodType, string>;

  constructor(api: ApiDescription) {
    this.#api = api;
    this.#named = new Map<z.ZodType, string>([[problemSchema, 'Problem'], ...api.named]);
  }

  schemas(): Json {
    return Object.fromEntries(Array.from(this.#named, ([schema, name]) => [name, jsonSchema(schema, 'output')]));
  }

  operation({ method, path, facts, body, query, params }: ListedRoute): Json {
    const takesInput = body !== undefined || query !== undefined || params !== undefined;
    return {
      operationId: operationId(method, path),
      summary: facts.summary,
      tags: [facts.tag],
      ...this.#api.securityOf(facts.access),
      ...(query || params ? { parameters: [...parameters('path', params), ...parameters('query', query)] } : {}),
      ...(body
        ? {
            requestBody: {
              required: true,
              content: { 'application/json': { schema: this.#reference(body, 'input') } },
            },
          }
        : {}),
      responses: this.#responses(facts, takesInput),
    };
  }

  #responses(facts: ListedRoute['facts'], takesInput: boolean): Json {
    const byStatus: Record<number, string[]> = { 500: ['internal'] };
    const add = (names: readonly string[]): void => {
      for (const name of names) (byStatus[this.#statusOf(name)] ??= []).push(name);
    };
    if (takesInput) add(['request_invalid', 'body_malformed', 'body_too_large', 'media_type_unsupported']);
    add(this.#api.problemsOf(facts.access));
    if (facts.gated !== undefined) add(closedGate);
    add(facts.problems ?? []);
    return {
      ...Object.fromEntries(Object.entries(byStatus).map(([status, names]) => [status, this.#problem(names)])),
      ...Object.fromEntries(Object.entries(facts.responses).map(([status, spec]) => [status, this.#response(spec)])),
    };
  }

  #statusOf(code: string): number {
    const kind = this.#api.codes[code];
    if (kind === undefined) throw new TypeError(`a route names the problem ${code}, which is in no table of codes`);
    return kind.httpStatus;
  }

  #problem(codes: readonly string[]): Json {
    return {
      description: `A problem document, code ${codes.join(' or ')}.`,
      content: { 'application/problem+json': { schema: this.#reference(problemSchema, 'output') } },
    };
  }

  #response(spec: ResponseSpec): Json {
    if (!('description' in spec) || spec instanceof z.ZodType)
      return {
        description: 'The answer.',
        content: { 'application/json': { schema: this.#reference(spec, 'output') } },
      };
    if (spec.mediaType === undefined) return { description: spec.description };
    return { description: spec.description, content: { [spec.mediaType]: { schema: { type: 'string' } } } };
  }

  #reference(schema: z.ZodType, io: 'input' | 'output'): Json {
    const name = this.#named.get(schema);
    return name === undefined ? jsonSchema(schema, io) : { $ref: `#/components/schemas/${name}` };
  }
}

function operationId(method: string, path: string): string {
  const words = path.split('/').filter((word) => word !== '' && word !== 'api');
  const name = words.map((word) => {
    const bare = word.replaceAll(/[{}]/g, '').replaceAll(/\.(\w)/g, (_, letter: string) => letter.toUpperCase());
    return bare.charAt(0).toUpperCase() + bare.slice(1);
  });
  return `${method.toLowerCase()}${name.join('')}`;
}

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined): Json[] {
  if (schema === undefined) return [];
  const object = jsonSchema(schema, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(object.properties ?? {}).map(([name, value]) => ({
    name,
    in: place,
    required: place === 'path' || (object.required ?? []).includes(name),
    schema: value,
  }));
}

/** JSON Schema 2020-12, the dialect of OpenAPI 3.1, so it needs no translation. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
