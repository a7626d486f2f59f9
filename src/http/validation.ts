import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import type { AppError } from '../base/index.ts';
import { isKeepable } from '../contract/index.ts';
import { httpError } from './errors.ts';

/** One field that is wrong: where, what was found (its kind, never its content: it may be a password), what was expected. */
interface FieldError {
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

/** Lets Fastify check bodies, queries and parameters with the contract's zod schemas. */
export const zodCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (input: unknown) => {
    const outcome = schema.safeParse(input);
    const part = httpPart ?? 'request';
    if (!outcome.success) return { error: invalid(fieldErrors(part, input, outcome.error.issues)) };
    const unkeepable = unkeepableTexts(outcome.data, []);
    return unkeepable.length === 0 ? { value: outcome.data } : { error: invalid(unkeepableErrors(part, unkeepable)) };
  };
};

type Path = readonly PropertyKey[];

/** Where texts are that no database takes, whatever the schema: one of them would fail a whole batch of statements. */
function unkeepableTexts(value: unknown, path: Path): Path[] {
  if (typeof value === 'string') return isKeepable(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    isKeepable(key) ? unkeepableTexts(inner, [...path, key]) : [path],
  );
}

function unkeepableErrors(part: string, paths: readonly Path[]): FieldError[] {
  return paths.map((path) => ({
    field: fieldName(part, path),
    found: 'text with a NUL or half of a surrogate pair',
    expected: 'text without',
  }));
}

type Issue = z.core.$ZodIssue;

function fieldErrors(part: string, input: unknown, issues: readonly Issue[]): FieldError[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'invalid_union') return fieldErrors(part, input, nearestBranch(issue.errors));
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        field: fieldName(part, [...issue.path, key]),
        found: 'a field that is not known',
        expected: 'no such field',
      }));
    return [
      { field: fieldName(part, issue.path), found: describe(valueAt(input, issue.path)), expected: expectedOf(issue) },
    ];
  });
}

/** Of the shapes a union allows, the one the input came closest to. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  return branches.toSorted((left, right) => distance(left) - distance(right))[0] ?? [];
}

function distance(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
}

function fieldName(part: string, path: readonly PropertyKey[]): string {
  return [part === 'querystring' ? 'query' : part, ...path.map(String)].join('.');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `text of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function expectedOf(issue: Issue): string {
  if (issue.code === 'invalid_type') return issue.expected;
  if (issue.code === 'too_small') return `at least ${issue.minimum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  return issue.code === 'invalid_format' ? `text in the form of ${issue.format}` : issue.message;
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : '';
}

function invalid(errors: readonly FieldError[]): AppError {
  const told = errors.map(({ field, found, expected }) => `${field}: found ${found}, expected ${expected}`);
  return httpError('request_invalid', {
    message: `the request does not have the expected shape: ${told.join('; ')}`,
    hint: 'Correct the named fields; GET /api/openapi.json describes what each call takes.',
    details: { errors },
  });
}
