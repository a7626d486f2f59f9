import { messageOf, type Clock, type Log } from '../../base/index.ts';
import type { HeartbeatAnswer, HeartbeatRequest, ProtocolWindow } from '../../contract/index.ts';
import type { Renew } from '../leases/renewal.ts';
import { isInWindow, protocolFor } from '../protocol/versions.ts';
import type { Caller, Credentials } from '../scanners/credentials.ts';
import type { Intake } from './intake.ts';
import { planPace } from './pace.ts';

export interface HeartbeatDeps {
  readonly credentials: Credentials;
  readonly intake: Intake;
  readonly renew: Renew;
  readonly window: ProtocolWindow;
  readonly leaseSeconds: number;
  readonly fleetSize: () => number | null;
  readonly random: () => number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Takes a heartbeat in and answers it. Only the leases of jobs held cost a statement at once, shared with others. */
export async function answerHeartbeat(
  deps: HeartbeatDeps,
  caller: Caller,
  request: HeartbeatRequest,
): Promise<HeartbeatAnswer> {
  const { credentials, intake, window, leaseSeconds, fleetSize, random, clock } = deps;
  const { binaryVersion, protocolVersion, running, instanceId = null } = request;
  const newCredential = await credentials.rotate(caller);
  const gone = await renewCalmly(deps, caller, running);
  const inWindow = isInWindow(window, protocolVersion);
  const nextSeconds = planPace({
    fleetSize: fleetSize(),
    holdsJobs: running.length > 0,
    leaseSeconds,
    random: random(),
  });
  intake.add({ scannerId: caller.id, binaryVersion, protocolVersion, inWindow, nextSeconds, instanceId });
  return {
    window,
    inWindow,
    nextHeartbeatSeconds: nextSeconds,
    cancel: protocolFor(protocolVersion).tellsCancel ? gone : [],
    serverTime: clock.now().toISOString(),
    ...(newCredential === undefined ? {} : { newCredential }),
  };
}

/** With the jobs database away nothing is renewed, and nothing expires either: nobody is there to take it. */
async function renewCalmly({ renew, log }: HeartbeatDeps, caller: Caller, running: readonly string[]) {
  return await renew(caller.id, running).catch((error: unknown) => {
    log.warn({ reason: messageOf(error) }, 'leases could not be renewed at a heartbeat');
    return [];
  });
}
