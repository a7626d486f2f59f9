import { messageOf, Secret, type Log } from '../base/index.ts';
import type { EnrolAnswer } from '../contract/index.ts';
import type { Answer } from './answer.ts';
import { Backoff } from './backoff.ts';
import { scannerError } from './errors.ts';
import { readIdentity, writeIdentity, type Identity } from './identity.ts';
import type { ManagerClient } from './manager-client.ts';
import type { Pacer } from './pacer.ts';

export interface EnrolmentOptions {
  readonly stateDir: string;
  readonly token: Secret | undefined;
  readonly name: string;
  readonly binaryVersion: string;
  readonly protocolVersion: number;
  readonly client: ManagerClient;
  readonly pacer: Pacer;
  readonly log: Log;
  /** How often to try before giving up; undefined tries for ever. */
  readonly attempts?: number;
}

export interface Enrolled {
  readonly identity: Identity;
  /** What the manager said about this scanner's place in the window; undefined when it was enrolled before. */
  readonly answer: EnrolAnswer | undefined;
}

/** The identity from the state folder; without one, enrols and keeps it there. Undefined when stopped meanwhile. */
export async function ensureEnrolled(options: EnrolmentOptions, signal: AbortSignal): Promise<Enrolled | undefined> {
  const identity = await readIdentity(options.stateDir);
  if (identity !== undefined) return { identity, answer: undefined };
  const { token } = options;
  if (token === undefined) throw tokenMissing(options.stateDir);
  const answer = await enrol(options, token, signal);
  if (answer === undefined) return undefined;
  const enrolled = { scannerId: answer.scannerId, credential: new Secret(answer.credential) };
  await writeIdentity(options.stateDir, enrolled);
  options.log.info({ scannerId: answer.scannerId, name: options.name }, 'enrolled');
  return { identity: enrolled, answer };
}

async function enrol(options: EnrolmentOptions, token: Secret, signal: AbortSignal): Promise<EnrolAnswer | undefined> {
  const { client, pacer, log, name, binaryVersion, protocolVersion, attempts = Infinity } = options;
  const backoff = new Backoff(pacer);
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const answer = await client.enrol(token, { name, binaryVersion, protocolVersion }, signal);
    if (answer.kind === 'ok') return answer.value;
    if (signal.aborted) break;
    if (answer.kind === 'unauthorized' || answer.kind === 'rejected') throw enrolmentRefused(answer);
    const reason = reasonOf(answer);
    if (attempt >= attempts) throw managerUnreachable(reason);
    log.warn({ reason }, 'the manager does not enrol now; trying again');
    await pacer.sleep(backoff.next(answer.kind === 'wait' ? answer.retryAfterMs : undefined), signal);
  }
  return undefined;
}

/** In a few words, why a call came to nothing. */
export function reasonOf(answer: Exclude<Answer<unknown>, { kind: 'ok' }>): string {
  if (answer.kind === 'wait') return answer.code;
  return 'message' in answer ? messageOf(answer.message) : answer.kind;
}

/** For `--once`, which does not wait. */
export function managerUnreachable(reason: string): Error {
  return scannerError('manager_unreachable', {
    message: `the manager could not be reached: ${reason}`,
    hint: 'Check SCANNER_MANAGER_URL and that the manager runs, then start `plimsoll scanner --once` again; kept results are sent then.',
  });
}

function enrolmentRefused({ code, message }: { code: string; message: string }): Error {
  return scannerError('enrolment_refused', {
    message: `the manager refuses to enrol this scanner: ${message} [${code}]`,
    hint: 'Make a new enrolment token on Admin > Scanners and start again with SCANNER_ENROLMENT_TOKEN set to it.',
  });
}

function tokenMissing(stateDir: string): Error {
  return scannerError('enrolment_token_missing', {
    message: `this scanner is not enrolled: ${stateDir} holds no credential.json and SCANNER_ENROLMENT_TOKEN is not set`,
    hint: 'Make an enrolment token on Admin > Scanners and start with SCANNER_ENROLMENT_TOKEN set to it.',
  });
}
