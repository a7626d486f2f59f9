import { wordForDeployment, type AppError } from '../base/index.ts';
import type { Problem } from '../contract/index.ts';
import type { Wording } from './route.ts';

export interface ProblemContext extends Pick<Wording, 'migratorCommand'> {
  readonly requestId: string;
}

/** An error as an RFC 9457 problem document; `type` leads to the paragraph about its code. */
export function problemOf(error: AppError, { requestId, migratorCommand }: ProblemContext): Problem {
  return {
    ...error.details,
    type: `/docs/errors.md#${error.code}`,
    title: titleOf(error.code),
    status: error.httpStatus,
    code: error.code,
    detail: error.message,
    remedy: wordForDeployment(error.hint, migratorCommand),
    requestId,
  };
}

function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
