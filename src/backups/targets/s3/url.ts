import { Secret } from '../../../base/index.ts';
import { targetError } from '../errors.ts';

/** Where an S3-compatible store is, and who asks. */
export interface S3Place {
  /** `https://host:port/bucket`. */
  readonly endpoint: string;
  /** Of every key: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
  /** All of it that people may see. */
  readonly location: string;
}

/** Reads `https://KEY:SECRET@host/bucket/prefix?region=…`. Throws `target_url_invalid`, without a word of the secrets. */
export function parseS3Url(text: Secret): S3Place {
  const url = URL.parse(text.reveal());
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw refuse('it is not an http:// or https:// address');
  if (url.username === '' || url.password === '') throw refuse('it lacks the access key or its secret');
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'region');
  if (unknown !== undefined) throw refuse(`${JSON.stringify(unknown)} is not known; only region is`);
  const [bucket, ...folders] = url.pathname.split('/').filter((part) => part !== '');
  if (bucket === undefined) throw refuse('it names no bucket');
  const wrong = [bucket, ...folders].find((part) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part));
  if (wrong !== undefined)
    throw refuse('bucket and prefix may hold letters, digits, dots, dashes and underscores only');
  const endpoint = `${url.origin}/${bucket}`;
  return {
    endpoint,
    prefix: folders.map((folder) => `${folder}/`).join(''),
    region: url.searchParams.get('region') ?? 'us-east-1',
    accessKeyId: readPart(url.username),
    secretAccessKey: readPart(url.password),
    location: [endpoint, ...folders].join('/'),
  };
}

/** A secret may hold what a URL has to escape. */
function readPart(text: string): Secret {
  try {
    return new Secret(decodeURIComponent(text));
  } catch {
    throw refuse('its key or secret holds a % that is not written %25');
  }
}

function refuse(found: string): Error {
  return targetError('target_url_invalid', {
    message: `BACKUP_S3_URL cannot be used: ${found}`,
    hint: 'Set BACKUP_S3_URL to https://KEY:SECRET@host/bucket/prefix?region=…, with / written %2F in the secret.',
  });
}
