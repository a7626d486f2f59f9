import { join } from 'node:path';
import type { Log, Network, Secret } from '../base/index.ts';
import { AllowList } from './allow-list.ts';
import { Delivery } from './delivery.ts';
import { machineLookup, resolveDestination, type Lookup } from './destination.ts';
import { ensureEnrolled } from './enrolment.ts';
import { Heartbeats } from './heartbeats.ts';
import { openStateFolder, type Identity } from './identity.ts';
import { Leasing } from './leasing.ts';
import { ManagerClient } from './manager-client.ts';
import type { ScannerMetrics } from './metrics.ts';
import { systemPacer, type Pacer } from './pacer.ts';
import { dialectOf } from './protocol/index.ts';
import { Session } from './session.ts';
import { Spool } from './spool.ts';
import { Work } from './work.ts';

/** All that one scanner needs to know. */
export interface ScannerOptions {
  readonly managerUrl: string;
  readonly name: string;
  readonly enrolmentToken: Secret | undefined;
  readonly networks: readonly Network[];
  /** Most jobs at a time. */
  readonly concurrency: number;
  readonly stateDir: string;
  readonly binaryVersion: string;
  readonly protocolVersion: number;
  readonly log: Log;
  readonly pacer?: Pacer;
  readonly lookup?: Lookup;
  readonly now?: () => Date;
}

export interface ScannerParts {
  readonly session: Session;
  readonly spool: Spool;
  readonly work: Work;
  readonly heartbeats: Heartbeats;
  readonly leasing: Leasing;
  readonly delivery: Delivery;
}

export interface AssembleOptions {
  readonly metrics: ScannerMetrics;
  /** How often to try to enrol; undefined tries for ever. */
  readonly attempts?: number;
  readonly signal: AbortSignal;
}

/** Opens the state, enrols if need be and puts the parts together; undefined when stopped while enrolling. */
export async function assemble(options: ScannerOptions, how: AssembleOptions): Promise<ScannerParts | undefined> {
  const { stateDir, binaryVersion, protocolVersion, log, pacer = systemPacer, now = machineTime } = options;
  const client = new ManagerClient({
    url: options.managerUrl,
    userAgent: `plimsoll-scanner/${binaryVersion}`,
    onAnswer: (call, answer) => how.metrics.called(call, answer),
  });
  await openStateFolder(stateDir);
  const attempts = how.attempts === undefined ? {} : { attempts: how.attempts };
  const enrolment = { ...options, token: options.enrolmentToken, client, pacer, ...attempts };
  const enrolled = await ensureEnrolled(enrolment, how.signal);
  if (enrolled === undefined) return undefined;
  const session = openSession(options, enrolled.identity, now);
  if (enrolled.answer !== undefined) session.onStanding(enrolled.answer.inWindow, enrolled.answer.window);
  const spool = await Spool.open({ folder: join(stateDir, 'spool'), log });
  const dialect = dialectOf(protocolVersion);
  const work = openWork(options, { spool, dialect, pacer, now, metrics: how.metrics });
  const heartbeats = new Heartbeats({ client, session, work, pacer, binaryVersion, protocolVersion });
  const leasing = new Leasing({ client, session, work, heartbeats, pacer, dialect, protocolVersion });
  const delivery = new Delivery({ client, session, spool, work, dialect, pacer, log });
  how.metrics.watch(() => ({
    running: work.runningCount,
    spooledResults: spool.count,
    spooledBytes: spool.sizeBytes,
    inWindow: session.inWindow,
  }));
  return { session, spool, work, heartbeats, leasing, delivery };
}

function openSession({ stateDir, protocolVersion, log }: ScannerOptions, identity: Identity, now: () => Date): Session {
  return new Session({ identity, stateDir, protocolVersion, log, now });
}

interface WorkParts extends Pick<ScannerParts, 'spool'> {
  readonly dialect: ReturnType<typeof dialectOf>;
  readonly pacer: Pacer;
  readonly now: () => Date;
  readonly metrics: ScannerMetrics;
}

function openWork(options: ScannerOptions, { pacer, ...parts }: WorkParts): Work {
  const allowList = new AllowList(options.networks);
  const lookup = options.lookup ?? machineLookup;
  return new Work({
    ...parts,
    concurrency: options.concurrency,
    reach: async (host) => await resolveDestination(host, allowList, lookup),
    monotonicMs: () => pacer.monotonicMs(),
    log: options.log,
  });
}

function machineTime(): Date {
  return new Date();
}
