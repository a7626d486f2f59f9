export { AppError, errorsOf, hasCode, messageOf, type ErrorFacts, type ErrorKind, type ErrorTable } from './errors.ts';
export { Secret } from './secret.ts';
export { secondsBetween, systemClock, type Clock } from './clock.ts';
export { silentLog, type Log } from './log.ts';
export { backupServiceRemedy, commandForDeployment, wordForDeployment } from './deployment-commands.ts';
export { DeadlineExceeded, withDeadline } from './deadline.ts';
export { isTimeZone, parseCron, type CronFault, type CronReading, type CronTimes } from './cron.ts';
export { makeFolders } from './folders.ts';
export { shellWord } from './shell-word.ts';
export { parseMoment, type MomentRange } from './moment.ts';
export { parseNetwork, type Network } from './network.ts';
export { firstSignal, type Service, type SignalSource } from './lifecycle.ts';
export { parsePostgresUrl, type PostgresAddress, type PostgresUrl, type SessionKind } from './postgres-url.ts';
export type { PostgresHost } from './postgres-hosts.ts';
export { isRunning, startedAt, statField } from './running-process.ts';
export { takeLockFile, type LockFile } from './lock-file.ts';
export { writeDurably } from './durable-file.ts';
export { countText, durationText, instantText, listText, sizeText, spanText } from './wording.ts';
export { createLoop, systemSchedule, type Loop, type LoopOptions, type Schedule } from './loop.ts';
export { openJournalFolder, type JournalFolder } from './journal-folder.ts';
export { systemCodeOf } from './system-error.ts';
export {
  isTracing,
  openSpan,
  traced,
  traceFacts,
  traceHeaders,
  useTracer,
  type Span,
  type SpanSpec,
  type Tracer,
} from './tracing.ts';
