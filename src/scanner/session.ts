import { messageOf, Secret, type Log } from '../base/index.ts';
import type { HeartbeatAnswer, ProtocolWindow } from '../contract/index.ts';
import type { Answer, Refusal } from './answer.ts';
import { scannerError } from './errors.ts';
import { writeIdentity, type Identity } from './identity.ts';
import { Bell } from './pacer.ts';

export interface SessionOptions {
  readonly identity: Identity;
  readonly stateDir: string;
  readonly protocolVersion: number;
  readonly log: Log;
  readonly now: () => Date;
}

/** Until the manager has said anything. */
const firstPaceMs = 30_000;
const shortestPaceMs = 1000;
const longestPaceMs = 3_600_000;
const remarkableSkewMs = 300_000;

/** What scanner and manager know of each other: the credential, the standing in the window, whether they talk. */
export class Session {
  /** Rung when the scanner has come back into the window. */
  readonly admitted = new Bell();
  readonly #options: SessionOptions;
  #identity: Identity;
  #inWindow = true;
  #paceMs = firstPaceMs;
  #trouble: string | undefined;
  #skewTold = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#identity = options.identity;
  }

  get credential(): Secret {
    return this.#identity.credential;
  }

  get inWindow(): boolean {
    return this.#inWindow;
  }

  /** The manager's wish: how long between two heartbeats, and between two lease calls outside the window. */
  get paceMs(): number {
    return this.#paceMs;
  }

  /** Takes in what a heartbeat brought. */
  async onHeartbeat(answer: HeartbeatAnswer): Promise<void> {
    this.#paceMs = Math.min(longestPaceMs, Math.max(shortestPaceMs, answer.nextHeartbeatSeconds * 1000));
    this.onStanding(answer.inWindow, answer.window);
    this.#tellSkew(Date.parse(answer.serverTime) - this.#options.now().getTime());
    if (answer.newCredential === undefined) return;
    await this.#replaceCredential(new Secret(answer.newCredential));
  }

  /** Tells each change of the standing once, with what to do about it. */
  onStanding(inWindow: boolean, window: ProtocolWindow | undefined): void {
    if (inWindow === this.#inWindow) return;
    this.#inWindow = inWindow;
    const facts = { protocolVersion: this.#options.protocolVersion, window };
    if (inWindow) {
      this.#options.log.info(facts, 'back inside the protocol window of the manager: asking for jobs');
      this.admitted.ring();
    } else this.#options.log.warn(facts, outsideAdvice(this.#options.protocolVersion, window));
  }

  /** Notes how a call went; tells when the manager is lost and when it is back, not every call in between. */
  onCall(answer: Answer<unknown>): void {
    const trouble = troubleIn(answer);
    if (trouble !== undefined && this.#trouble === undefined)
      this.#options.log.warn(
        { reason: trouble },
        'the manager cannot take calls now; going on by itself and trying again',
      );
    if (trouble === undefined && this.#trouble !== undefined)
      this.#options.log.info({}, 'the manager takes calls again');
    this.#trouble = trouble;
    if (answer.kind === 'unauthorized') throw credentialRefused(answer);
  }

  /** On disk before it is used for the first time: with that use the old one ends. */
  async #replaceCredential(credential: Secret): Promise<void> {
    const { stateDir, log } = this.#options;
    const identity = { ...this.#identity, credential };
    try {
      await writeIdentity(stateDir, identity);
    } catch (error) {
      log.error({ error: messageOf(error) }, 'a new credential cannot be kept; going on with the old one');
      return;
    }
    this.#identity = identity;
    log.info({}, 'the manager has replaced the credential of this scanner');
  }

  #tellSkew(skewMs: number): void {
    if (Math.abs(skewMs) < remarkableSkewMs || this.#skewTold) return;
    this.#skewTold = true;
    this.#options.log.warn(
      { skewSeconds: Math.round(skewMs / 1000) },
      'the clock of this machine differs from the manager’s: `daysLeft` of certificates may be off, nothing else',
    );
  }
}

/** The sentence an operator needs when this scanner gets no jobs. */
export function outsideAdvice(protocolVersion: number, window: ProtocolWindow | undefined): string {
  const spoken = `this scanner speaks protocol ${protocolVersion}`;
  if (window === undefined)
    return `${spoken}, the manager another: it gets no jobs; install the scanner of its release`;
  const range = window.min === window.max ? String(window.min) : `${window.min} to ${window.max}`;
  const what =
    protocolVersion < window.min ? 'upgrade this scanner' : 'upgrade the manager, or install an older scanner';
  return `${spoken}, the manager ${range}: it gets no jobs until you ${what}`;
}

function troubleIn(answer: Answer<unknown>): string | undefined {
  if (answer.kind === 'unreachable') return answer.message;
  return answer.kind === 'wait' ? answer.code : undefined;
}

function credentialRefused({ code, message }: Extract<Refusal, { kind: 'unauthorized' }>): Error {
  return scannerError('credential_refused', {
    message: `the manager refuses the credential of this scanner: ${message} [${code}]`,
    hint: 'If the scanner shall go on, remove credential.json from its state folder, make an enrolment token on Admin > Scanners and start it with SCANNER_ENROLMENT_TOKEN.',
  });
}
