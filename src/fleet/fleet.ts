import type { Clock, Log, Service } from '../base/index.ts';
import type {
  EnrolAnswer,
  EnrolRequest,
  HeartbeatAnswer,
  HeartbeatRequest,
  Job,
  LeaseRequest,
  ProtocolWindow,
  ResultRequest,
} from '../contract/index.ts';
import { scannerLimits } from '../contract/index.ts';
import type { Database } from '../postgres/index.ts';
import { enrolScanner } from './enrolment/enrol.ts';
import { answerHeartbeat } from './heartbeat/answer.ts';
import { createIntake } from './heartbeat/intake.ts';
import { createLeaseDesk } from './leases/desk.ts';
import { createLeasedNews, type Leased } from './leases/leased.ts';
import type { JobQueue } from './leases/queue.ts';
import { createRenewal } from './leases/renewal.ts';
import { isInWindow, protocolFor } from './protocol/versions.ts';
import { fleetUnavailable, leaseLost, outcomeNotOfProtocol, protocolUnsupported, whileAvailable } from './refusals.ts';
import { createRecorder } from './results/record.ts';
import { createCredentials, type Credentials } from './scanners/credentials.ts';
import { createScans, type Scans } from './scans/scans.ts';
import { createFiring } from './schedules/firing.ts';
import { createSchedules, type Schedules } from './schedules/schedules.ts';
import { createUpkeep, type FleetFigures } from './upkeep.ts';

export interface FleetDeps {
  readonly config: Database;
  readonly jobs: Database;
  readonly results: Database;
  readonly queue: JobQueue;
  /** Of the running release's manifest. */
  readonly window: ProtocolWindow;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the gate lets product work be done: while it does not, no schedule fires. */
  readonly isProductOpen: () => boolean;
  /** What a test changes: where the jitter falls, how long a lease lasts, how often is looked. */
  readonly random?: () => number;
  readonly leaseSeconds?: number;
  readonly pollMs?: number;
  readonly tickMs?: number;
}

/** The manager's side of the wire protocol. Every call throws `fleet_unavailable` when a database it needs is away. */
export interface Fleet extends Service {
  enrol(token: string | undefined, request: EnrolRequest): Promise<EnrolAnswer>;
  heartbeat(credential: string | undefined, request: HeartbeatRequest): Promise<HeartbeatAnswer>;
  /** None when the wait is over. Throws protocol_unsupported outside the window. */
  lease(credential: string | undefined, request: LeaseRequest, signal: AbortSignal): Promise<Job[]>;
  /** Resolves when the result is recorded, now or earlier. Throws lease_lost, outcome_not_of_protocol. */
  result(credential: string | undefined, jobId: string, result: ResultRequest): Promise<void>;
  readonly scans: Scans;
  readonly schedules: Schedules;
  /** Does everything that is done by the clock, now. */
  round(): Promise<void>;
  /** Resolves once its queue was looked for the first time, whether it was found or not. */
  whenPrepared(): Promise<void>;
  /** Whether its queue was found: jobs can be made and leased. */
  isPrepared(): boolean;
  /** Calls for all jobs leased from now on. */
  readonly onLeased: (listener: (leased: Leased) => void) => void;
  /** From memory. */
  readonly figures: () => FleetFigures;
  readonly credentials: Credentials;
  readonly window: ProtocolWindow;
}

const defaultLeaseSeconds = 60;

/** Puts the fleet together. Nothing has to be reachable: whatever is away is tried again. */
export function createFleet(deps: FleetDeps): Fleet {
  const { config, jobs, results, queue, window, clock, log, random = Math.random, tickMs = 5000, pollMs = 500 } = deps;
  const leaseSeconds = deps.leaseSeconds ?? defaultLeaseSeconds;
  const credentials = createCredentials(config, clock);
  const intake = createIntake(config, log);
  const leased = createLeasedNews();
  const desk = createLeaseDesk({ jobs, queue, clock, log, terms, pollMs, onLeased: leased.tell });
  const { isProductOpen: isOpen } = deps;
  const fire = createFiring({ jobs, queue, log, isOpen, wake: desk.wake });
  const upkeep = createUpkeep({ config, jobs, results, queue, intake, log, tickMs, fireSchedules: fire, isOpen });
  const renew = createRenewal(jobs, terms);
  const record = createRecorder({ jobs, results, queue, epoch: upkeep.epoch });
  const { fleetSize } = upkeep;
  const heartbeatDeps = { credentials, intake, renew, window, leaseSeconds, random, clock, log, fleetSize };

  function terms() {
    return { leaseSeconds, epoch: upkeep.epoch() };
  }

  function requireQueue(): void {
    if (!upkeep.isQueueReady()) throw fleetUnavailable('the job queue cannot be reached yet');
  }

  return {
    window,
    credentials,
    enrol: async (token = '', request) =>
      await whileAvailable(async () => await enrolScanner({ config, window }, token, request)),
    heartbeat: async (credential, request) =>
      await whileAvailable(
        async () => await answerHeartbeat(heartbeatDeps, await credentials.authenticate(credential), request),
      ),
    lease: async (credential, { protocolVersion, max, waitSeconds }, signal) =>
      await whileAvailable(async () => {
        const { id: scannerId } = await credentials.authenticate(credential);
        if (!isInWindow(window, protocolVersion)) {
          intake.addRefusal(scannerId);
          throw protocolUnsupported(protocolVersion, window);
        }
        requireQueue();
        const waitMs = Math.min(waitSeconds, scannerLimits.waitSeconds) * 1000;
        const most = protocolFor(protocolVersion).jobsFor(max);
        return await desk.lease({ scannerId, protocolVersion, waitMs, signal, max: most });
      }),
    result: async (credential, jobId, result) => {
      await whileAvailable(async () => {
        const { id: scannerId } = await credentials.authenticate(credential);
        requireQueue();
        const outcome = await record({ leaseId: result.leaseId, jobId, scannerId, result });
        if (outcome === 'lost') throw leaseLost(jobId);
        if (outcome === 'not_of_protocol') throw outcomeNotOfProtocol(result.outcome);
      });
    },
    scans: createScans({ config, jobs, results, queue, requireQueue, wake: desk.wake }),
    schedules: createSchedules({ jobs, queue, clock, requireQueue, wake: desk.wake }),
    onLeased: leased.listen,
    figures: upkeep.figures,
    round: upkeep.round,
    whenPrepared: upkeep.whenPrepared,
    isPrepared: upkeep.isQueueReady,
    start: async () => await upkeep.start(),
    stop: async () => {
      await desk.stop();
      await upkeep.stop();
    },
  };
}
