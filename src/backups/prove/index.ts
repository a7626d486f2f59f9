export { proveBundle, readProveHindrance, type ProveRequest } from './prove.ts';
