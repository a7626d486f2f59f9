import type { z } from 'zod';
import { readAnswer, type Answer } from './answers.ts';
import type { DeployContext } from './context.ts';
import type { HostPart } from './host.ts';
import type { DeployImage } from './journal.ts';

/** One command of an image's program. */
export interface Question<S extends z.ZodType> {
  readonly image: DeployImage;
  readonly part: HostPart;
  readonly words: readonly string[];
  readonly answer: S;
}

/** Runs a command with `--json` and reads what it answers; `code` is what it ended with. */
export async function ask<S extends z.ZodType>(
  { host }: Pick<DeployContext, 'host'>,
  { image, part, words, answer }: Question<S>,
): Promise<Answer<z.output<S>> & { readonly code: number | null }> {
  const end = await host.run(image, part, [...words, '--json']);
  return { ...readAnswer(end, answer), code: end.code };
}
