import { assemble, type ScannerOptions, type ScannerParts } from './assemble.ts';
import { createMetrics } from './metrics.ts';
import { serveMetrics } from './metrics-server.ts';
import { systemPacer, type Pacer } from './pacer.ts';
import { untilAborted } from './until-aborted.ts';

/** How long a stopping scanner lets its jobs run, then its results travel: together less than a supervisor's patience. */
const drainMs = 9000;
const lastDeliveryMs = 3000;

/**
 * Runs a scanner until `stop` is aborted: what runs is finished within bounds, results that cannot be delivered stay in
 * the spool. Rejects when going on makes no sense: refused credential or token, unusable state folder.
 */
export async function runScanner(
  options: ScannerOptions & {
    /** Port 0 serves no metrics. */ readonly metrics: { readonly host: string; readonly port: number };
  },
  stop: AbortSignal,
): Promise<void> {
  const { log, managerUrl, protocolVersion, concurrency, networks } = options;
  const metrics = createMetrics({ version: options.binaryVersion, protocolVersion, now: options.now });
  await using metricsServer = options.metrics.port === 0 ? undefined : await serveMetrics(metrics, options.metrics);
  const parts = await assemble(options, { metrics, signal: stop });
  if (parts === undefined) return;
  if (travelsInTheClear(managerUrl))
    log.warn(
      { managerUrl },
      'the credential of this scanner travels unencrypted: give the manager an https:// address',
    );
  const allowed = networks.map(({ address, prefix }) => `${address}/${prefix}`);
  const metricsPort = metricsServer?.port ?? null;
  log.info({ managerUrl, protocolVersion, concurrency, networks: allowed, metricsPort }, 'scanner started');
  await runLoops(parts, options.pacer ?? systemPacer, stop);
  log.info({ keptResults: parts.spool.count }, 'scanner stopped');
}

function travelsInTheClear(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127\..*|\[::1\])$/.test(hostname);
}

/** Leasing ends first; heartbeats and delivery go on while the work in hand is finished. */
async function runLoops(parts: ScannerParts, pacer: Pacer, stop: AbortSignal): Promise<void> {
  const { heartbeats, leasing, delivery, work } = parts;
  const life = new AbortController();
  const loops = [
    leasing.run(AbortSignal.any([stop, life.signal])),
    heartbeats.run(life.signal),
    delivery.run(life.signal),
  ];
  // The loops end when they are told to, or throw; only the latter is of interest.
  const broken = Promise.all(loops).then(() => undefined);
  broken.catch(() => undefined);
  try {
    await Promise.race([broken, untilAborted(stop)]);
    await Promise.race([broken, drain(parts, pacer)]);
  } finally {
    life.abort();
    await work.abandon();
    await Promise.allSettled(loops);
  }
}

async function drain({ work, spool, delivery }: ScannerParts, pacer: Pacer): Promise<void> {
  await withinTime(pacer, drainMs, async () => await work.idle());
  await work.abandon();
  await withinTime(pacer, lastDeliveryMs, async (signal) => {
    while (spool.count > 0 && !signal.aborted) await delivery.settled.sleep(pacer, lastDeliveryMs, signal);
  });
}

/** Waits for `task`, at most `ms`. */
async function withinTime(pacer: Pacer, ms: number, task: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([task(over.signal), pacer.sleep(ms, over.signal)]);
  } finally {
    over.abort();
  }
}
