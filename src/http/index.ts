export { httpError, httpErrorTable } from './errors.ts';
export { createHttpServer, observeRequests, type RequestFacts } from './server.ts';
export { listRoutes, type ListedRoute } from './route-list.ts';
export { answerMisses, pathOf } from './not-found.ts';
export { openapiRoute, type ApiDescription } from './openapi.ts';
export { listen } from './listen.ts';
export { createLog } from './log.ts';
export type { Access, RouteFacts } from './route.ts';
