/** The parts of a request that tell where a browser sent it from. */
export interface RequestOrigin {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method only reads. */
export function isSafeMethod(method: string): boolean {
  return safeMethods.has(method);
}

/**
 * Whether a browser sent this changing request from a page of another site, which is how CSRF looks. The session
 * cookie is SameSite=Strict besides. A request with neither header comes from no browser of this decade.
 * Sources: OWASP CSRF Prevention Cheat Sheet, "Fetch Metadata"; the algorithm of Go's net/http CrossOriginProtection.
 */
export function isCrossSite(request: RequestOrigin): boolean {
  if (isSafeMethod(request.method)) return false;
  if (request.secFetchSite !== undefined) return !['same-origin', 'none'].includes(request.secFetchSite);
  if (request.origin === undefined) return false;
  return request.host === undefined || URL.parse(request.origin)?.host !== request.host;
}
