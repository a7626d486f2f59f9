import { S3ServiceError } from 's3mini';
import { AppError, messageOf } from '../../../base/index.ts';
import { codeOf } from '../../../postgres/index.ts';
import { targetError, type targetErrorTable } from '../errors.ts';

interface Place {
  readonly name: string;
  readonly location: string;
}

interface Naming {
  readonly code: keyof typeof targetErrorTable;
  readonly found: string;
  readonly hint: string;
}

const newKey = 'Make a new access key in the store, and start the backup service with it in BACKUP_S3_URL.';

/** By the code in the answer's body, where the store gives one. Source: Amazon S3 API, "Error responses". */
const byCode: Readonly<Record<string, Naming>> = {
  ExpiredToken: { code: 'target_refused', found: 'the credentials have expired', hint: newKey },
  TokenRefreshRequired: { code: 'target_refused', found: 'the credentials have expired', hint: newKey },
  InvalidAccessKeyId: { code: 'target_refused', found: 'the access key is not known there', hint: newKey },
  SignatureDoesNotMatch: {
    code: 'target_refused',
    found: 'the secret does not belong to the access key',
    hint: newKey,
  },
  AccessDenied: {
    code: 'target_refused',
    found: 'the access key lacks a right',
    hint: 'Allow it to list, read, write and delete objects of this bucket, and to list and abort multipart uploads.',
  },
  RequestTimeTooSkewed: {
    code: 'target_clock_skewed',
    found: 'the clock of this machine and that of the store differ by too much',
    hint: 'Set the clock of this machine: `timedatectl status` shows whether it is kept in step.',
  },
  NoSuchBucket: {
    code: 'target_unavailable',
    found: 'the bucket does not exist',
    hint: 'Make the bucket, or correct BACKUP_S3_URL.',
  },
  QuotaExceeded: {
    code: 'target_full',
    found: 'its quota is used up',
    hint: 'Make room in the bucket, or raise its quota.',
  },
  XMinioStorageFull: { code: 'target_full', found: 'it has no room left', hint: 'Make room in the store.' },
  InsufficientStorage: { code: 'target_full', found: 'it has no room left', hint: 'Make room in the store.' },
};

/** Names what a store answered, or that it did not; nothing of the answer's body is repeated, which may hold keys. */
export function nameS3Failure(error: unknown, place: Place): unknown {
  if (error instanceof AppError || isAbort(error)) return error;
  const naming = error instanceof S3ServiceError ? nameAnswer(error) : nameSilence(error);
  return targetError(naming.code, {
    message: `the store ${place.location} (${place.name}) cannot be used: ${naming.found}`,
    hint: naming.hint,
    details: { target: place.name, location: place.location },
    cause: error,
  });
}

/** True for what may pass by itself: the store is busy, broken for a moment, or the line was cut. */
export function isPassing(error: unknown): boolean {
  if (error instanceof S3ServiceError)
    return error.status >= 500
      ? error.status !== 501 && error.status !== 507
      : [408, 429].includes(error.status) || error.serviceCode === 'RequestTimeout';
  return !(error instanceof AppError) && !isAbort(error) && !isCertificateFault(error);
}

function nameAnswer(error: S3ServiceError): Naming {
  const known = byCode[error.serviceCode ?? ''];
  if (known !== undefined) return known;
  if (error.status === 507)
    return { code: 'target_full', found: 'it has no room left', hint: 'Make room in the store.' };
  if (error.status === 401 || error.status === 403)
    return { code: 'target_refused', found: `it turns the access key away (${describe(error)})`, hint: newKey };
  const found = `it answers ${describe(error)}`;
  return { code: 'target_unavailable', found, hint: 'Look at the log of the store, and try again.' };
}

function describe(error: S3ServiceError): string {
  const code = error.serviceCode ?? '';
  return /^\w{1,60}$/.test(code) && code !== 'Unknown' ? `${error.status} ${code}` : String(error.status);
}

function nameSilence(error: unknown): Naming {
  const [code] = causesOf(error).flatMap((cause) => codeOf(cause) ?? []);
  const hint = isCertificateFault(error)
    ? 'Let Node trust the store’s certificate: NODE_EXTRA_CA_CERTS names a file with its authority.'
    : 'Check from this machine that the host in BACKUP_S3_URL can be reached.';
  return { code: 'target_unavailable', found: code ?? messageOf(error).slice(0, 200), hint };
}

function isCertificateFault(error: unknown): boolean {
  return causesOf(error).some((cause) => /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(codeOf(cause) ?? ''));
}

/** An error and what caused it, outermost first: fetch says little, its cause more. */
function causesOf(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
