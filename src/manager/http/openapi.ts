import { z } from 'zod';
import {
  helpIndexSchema,
  helpPageSchema,
  newScanSchema,
  problemSchema,
  releasePostureSchema,
  scanListSchema,
  scanSchema,
  sessionSchema,
  signInSchema,
} from '../../contract/index.ts';
import { problemCodes, type ProblemName } from './problem-codes.ts';
import type { Access } from './access.ts';
import type { ListedRoute } from './route-list.ts';
import type { ResponseSpec } from './route.ts';

/** Schemas that get a name of their own in the document, so that clients made from it read well. */
const named = new Map<z.ZodType, string>([
  [problemSchema, 'Problem'],
  [releasePostureSchema, 'ReleasePosture'],
  [sessionSchema, 'Session'],
  [signInSchema, 'SignIn'],
  [helpIndexSchema, 'HelpIndex'],
  [helpPageSchema, 'HelpPage'],
  [scanListSchema, 'ScanList'],
  [scanSchema, 'Scan'],
  [newScanSchema, 'NewScan'],
]);

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of the routes: what is enforced and what is documented come from one place. */
export function openapiOf(routes: readonly ListedRoute[], version: string, cookieName: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plimsoll',
      version,
      description: 'The HTTP API of the manager.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: Object.fromEntries(Array.from(named, ([schema, name]) => [name, jsonSchema(schema, 'output')])),
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: cookieName },
        token: { type: 'http', scheme: 'bearer', description: 'A token from `plimsoll token create`.' },
        scanner: {
          type: 'http',
          scheme: 'bearer',
          description: "A scanner's credential; to enrol, an enrolment token.",
        },
      },
    },
  };
}

function operation({ method, path, facts, body, query, params }: ListedRoute): Json {
  return {
    operationId: operationId(method, path),
    summary: facts.summary,
    tags: [facts.tag],
    ...securityOf(facts.access),
    ...(query || params ? { parameters: [...parameters('path', params), ...parameters('query', query)] } : {}),
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: reference(body, 'input') } } } }
      : {}),
    responses: responses(facts, body !== undefined || query !== undefined || params !== undefined),
  };
}

function securityOf(access: Access): Json {
  if (access === 'public') return { security: [] };
  if (access === 'scanner') return { security: [{ scanner: [] }] };
  return { security: [{ session: [] }, { token: [] }], 'x-roles': access };
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

function responses(facts: ListedRoute['facts'], takesInput: boolean): Json {
  const codes: Record<number, string[]> = { 500: ['internal'] };
  const add = (...names: readonly ProblemName[]): void => {
    for (const name of names) (codes[problemCodes[name].httpStatus] ??= []).push(name);
  };
  if (takesInput) add('request_invalid', 'body_malformed', 'body_too_large', 'media_type_unsupported');
  if (Array.isArray(facts.access))
    add('not_signed_in', 'token_refused', 'forbidden', 'too_many_attempts', 'sign_in_unavailable');
  if (facts.gated !== undefined) add('schema_behind', 'schema_ahead', 'schema_unknown', 'schema_dirty', 'maintenance');
  add(...(facts.problems ?? []));
  return {
    ...Object.fromEntries(Object.entries(codes).map(([status, names]) => [status, problemResponse(names)])),
    ...Object.fromEntries(Object.entries(facts.responses).map(([status, spec]) => [status, response(spec)])),
  };
}

function problemResponse(codes: readonly string[]): Json {
  return {
    description: `A problem document, code ${codes.join(' or ')}.`,
    content: { 'application/problem+json': { schema: reference(problemSchema, 'output') } },
  };
}

function response(spec: ResponseSpec): Json {
  if (!('description' in spec) || spec instanceof z.ZodType)
    return { description: 'The answer.', content: { 'application/json': { schema: reference(spec, 'output') } } };
  if (spec.mediaType === undefined) return { description: spec.description };
  return { description: spec.description, content: { [spec.mediaType]: { schema: { type: 'string' } } } };
}

function reference(schema: z.ZodType, io: 'input' | 'output'): Json {
  const name = named.get(schema);
  return name === undefined ? jsonSchema(schema, io) : { $ref: `#/components/schemas/${name}` };
}

/** JSON Schema 2020-12, the dialect of OpenAPI 3.1, so it needs no translation. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
