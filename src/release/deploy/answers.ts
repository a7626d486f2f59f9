import { z } from 'zod';
import { messageOf } from '../../base/index.ts';
import {
  bundleListSchema,
  databaseNames,
  preflightRunSchema,
  releasePostureSchema,
  schemaStatuses,
} from '../../contract/index.ts';
import type { ProgramEnd } from '../program.ts';

// What the commands of an image answer with `--json`; of each only what is used here, so that other releases can be asked too.

const failureSchema = z.object({ error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }) });

/** `plimsoll migrator preflight --json`. */
export const preflightAnswer = z.object({
  id: z.string(),
  status: z.enum(['pass', 'warn', 'fail']),
  checks: preflightRunSchema.shape.checks,
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
});

/** `plimsoll migrator migrate --json`. */
export const migrateAnswer = z.object({
  databases: z.array(
    z.object({
      name: z.enum(databaseNames),
      outcome: z.string(),
      current: z.int().nullable(),
      required: z.int(),
      planned: z.array(z.object({ version: z.int(), name: z.string() })),
      error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
    }),
  ),
});
export type MigrateAnswer = z.infer<typeof migrateAnswer>;

/** `plimsoll migrator status --json`. */
export const statusAnswer = z.object({
  databases: z.array(
    z.object({
      name: z.enum(databaseNames),
      status: z.enum(schemaStatuses),
      current: z.int().nullable(),
      required: z.int(),
      aheadAllowed: z.boolean().nullable(),
      problems: z.array(z.object({ code: z.string(), message: z.string() })),
      error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
    }),
  ),
});
export type StatusAnswer = z.infer<typeof statusAnswer>;

/** `plimsoll backup list --json`. */
export const bundlesAnswer = bundleListSchema.pick({ bundles: true });

/** `plimsoll posture --json`. */
export const postureAnswer = releasePostureSchema.pick({ verdict: true });

/** What a command answered, or why it did not. */
export type Answer<T> =
  | { readonly value: T }
  | { readonly problem: { readonly code: string; readonly message: string; readonly remedy: string } };

/** Reads what a command printed, whatever it ended with. */
export function readAnswer<S extends z.ZodType>({ code, stdout, stderr }: ProgramEnd, schema: S): Answer<z.output<S>> {
  const parsed = parseJson(stdout);
  const answer = schema.safeParse(parsed);
  if (answer.success) return { value: answer.data };
  const failure = failureSchema.safeParse(parsed);
  if (failure.success) return { problem: failure.data.error };
  const said = (stderr.trim() || stdout.trim()).split('\n').slice(-3).join(' ').slice(-400);
  return {
    problem: { code: 'no_answer', message: `it ended with ${code ?? 'a signal'} and no answer: ${said}`, remedy: '' },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return messageOf(error);
  }
}
