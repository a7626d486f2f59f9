export { AppError, errorsOf, hasCode, messageOf, type ErrorFacts, type ErrorKind, type ErrorTable } from './errors.ts';
export { Secret } from './secret.ts';
export { secondsBetween, systemClock, type Clock } from './clock.ts';
export { silentLog, type Log } from './log.ts';
export { DeadlineExceeded, withDeadline } from './deadline.ts';
export { parseNetwork, type Network } from './network.ts';
export { firstSignal, type Service, type SignalSource } from './lifecycle.ts';
export { parsePostgresUrl, type PostgresUrl } from './postgres-url.ts';
