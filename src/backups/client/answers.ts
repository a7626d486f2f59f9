import type { z } from 'zod';
import { AppError, DeadlineExceeded, messageOf, type Secret } from '../../base/index.ts';
import { problemSchema } from '../../contract/index.ts';
import { backupClientError } from './errors.ts';

/** Where the backup service is; `url` undefined when the deployment has none. */
export interface BackupServiceAddress {
  readonly url: string | undefined;
  readonly token: Secret | undefined;
}

/** What a call should be answered with. */
export interface Expected<S extends z.ZodType> {
  readonly status: number;
  readonly schema: S;
  /** The shape in a few characters, such as `{"bundle": …}`. */
  readonly shape: string;
}

/** The answer's value. Throws the problem that the service answered with, or `backup_bad_answer`. */
export async function readAnswer<S extends z.ZodType>(
  response: Response,
  address: BackupServiceAddress,
  expected: Expected<S>,
): Promise<z.output<S>> {
  const url = address.url ?? '';
  if (response.status !== expected.status) throw await refusalOf(response, address, expected.status);
  const answer = expected.schema.safeParse(parseJson(await response.text(), url));
  if (!answer.success) throw badAnswer(url, `answered with JSON that is not ${expected.shape}`);
  return answer.data;
}

/** The error that an answer stands for which is not the one expected. */
export async function refusalOf(
  response: Response,
  address: BackupServiceAddress,
  expected: number,
): Promise<AppError> {
  const url = address.url ?? '';
  if (response.status === 401 || response.status === 403) return unauthorized(url, response.status, address.token);
  const text = await response.text().catch(() => '');
  return (
    problemOf(text, response.status) ?? badAnswer(url, `answered with status ${response.status}, expected ${expected}`)
  );
}

/** The service's own error, as if it had been made here; undefined when the text is no problem document. */
function problemOf(text: string, status: number): AppError | undefined {
  const found = problemSchema.safeParse(parseOrNull(text));
  if (!found.success) return undefined;
  const { code, detail, remedy, type: _, title: __, status: ___, requestId, ...rest } = found.data;
  const kind = { httpStatus: status, exitCode: status === 409 ? 3 : 1, about: '' } as const;
  return new AppError(code, kind, { message: detail, hint: remedy, details: { ...rest, serviceRequestId: requestId } });
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badAnswer(url, 'answered with something that is not JSON');
  }
}

/** Turns whatever a call throws, DeadlineExceeded included, into an error that is safe to show. */
export function explainFailure(error: unknown, url: string): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof DeadlineExceeded)
    return backupClientError('backup_timeout', {
      message: `the backup service at ${url} gave ${messageOf(error)}`,
      hint: 'Look at the log of the backup service.',
      cause: error,
    });
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return backupClientError('backup_unreachable', {
    message: `the backup service at ${url} cannot be reached: ${messageOf(reason)}`,
    hint: 'Start the backup service (`plimsoll backup serve`), or correct BACKUP_SERVICE_URL.',
    cause: error,
  });
}

/** There is nobody to ask. */
export function notConfigured(): AppError {
  return backupClientError('backup_not_configured', {
    message: 'BACKUP_SERVICE_URL is not set, so no backup service can be asked',
    hint: 'Set BACKUP_SERVICE_URL and BACKUP_SERVICE_TOKEN.',
  });
}

function unauthorized(url: string, status: number, token: Secret | undefined): AppError {
  return backupClientError('backup_unauthorized', {
    message: `the backup service at ${url} answered ${status}: ${token === undefined ? 'BACKUP_SERVICE_TOKEN is not set' : 'it does not accept BACKUP_SERVICE_TOKEN'}`,
    hint: 'Set BACKUP_SERVICE_TOKEN to the token of the backup service.',
  });
}

/** Something else answers there. */
export function badAnswer(url: string, found: string): AppError {
  return backupClientError('backup_bad_answer', {
    message: `what is at ${url} ${found}`,
    hint: 'Point BACKUP_SERVICE_URL at the backup service.',
  });
}
