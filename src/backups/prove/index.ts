export { proveBundle, readProveHindrance, sweepProveServer, type ProveRequest } from './prove.ts';
