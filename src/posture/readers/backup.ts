import { AppError, DeadlineExceeded, messageOf, type Secret } from '../../base/index.ts';
import { latestBundleSchema, type LatestBundle } from '../../contract/index.ts';
import { postureError } from '../errors.ts';
import { attempt, type Outcome, type ReadTerms } from '../outcome.ts';

/** Where the backup service is; `url` undefined when the deployment has none. */
export interface BackupServiceAddress {
  readonly url: string | undefined;
  readonly token: Secret | undefined;
}

/** Asks the backup service for its newest bundle and how it fares. */
export async function readLastBackup(
  { url, token }: BackupServiceAddress,
  terms: ReadTerms,
): Promise<Outcome<LatestBundle>> {
  return await attempt({
    terms,
    work: async (signal) => {
      if (url === undefined) throw notConfigured();
      return await askForLatest({ url, token, signal });
    },
    explain: (error) => explain(error, url ?? ''),
  });
}

interface Question {
  readonly url: string;
  readonly token: Secret | undefined;
  readonly signal: AbortSignal;
}

async function askForLatest({ url, token, signal }: Question): Promise<LatestBundle> {
  const response = await fetch(`${url}/api/bundles/latest`, {
    // A redirect would carry the token to another place; a kept-alive socket would outlive `stop`.
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      connection: 'close',
      ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
    },
    signal,
  });
  if (response.status === 401 || response.status === 403) throw unauthorized(url, response.status, token);
  if (response.status !== 200) throw badAnswer(url, `answered with status ${response.status}, expected 200`);
  const answer = latestBundleSchema.safeParse(parseJson(await response.text(), url));
  if (!answer.success) throw badAnswer(url, 'answered with JSON that is not {"bundle": …}');
  return answer.data;
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badAnswer(url, 'answered with something that is not JSON');
  }
}

function explain(error: unknown, url: string): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof DeadlineExceeded)
    return postureError('backup_timeout', {
      message: `the backup service at ${url} gave ${messageOf(error)}`,
      hint: 'Look at the log of the backup service.',
      cause: error,
    });
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return postureError('backup_unreachable', {
    message: `the backup service at ${url} cannot be reached: ${messageOf(reason)}`,
    hint: 'Start the backup service, or correct BACKUP_SERVICE_URL.',
    cause: error,
  });
}

function notConfigured(): AppError {
  return postureError('backup_not_configured', {
    message: 'BACKUP_SERVICE_URL is not set, so no backup service can be asked',
    hint: 'Set BACKUP_SERVICE_URL and BACKUP_SERVICE_TOKEN.',
  });
}

function unauthorized(url: string, status: number, token: Secret | undefined): AppError {
  return postureError('backup_unauthorized', {
    message: `the backup service at ${url} answered ${status}: ${token === undefined ? 'BACKUP_SERVICE_TOKEN is not set' : 'it does not accept BACKUP_SERVICE_TOKEN'}`,
    hint: 'Set BACKUP_SERVICE_TOKEN to the token of the backup service.',
  });
}

function badAnswer(url: string, found: string): AppError {
  return postureError('backup_bad_answer', {
    message: `what is at ${url} ${found}`,
    hint: 'Point BACKUP_SERVICE_URL at the backup service.',
  });
}
