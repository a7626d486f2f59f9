import type { z } from 'zod';
import {
  helpIndexSchema,
  helpPageSchema,
  newScanSchema,
  releasePostureSchema,
  scanListSchema,
  scanSchema,
  sessionSchema,
  signInSchema,
} from '../../contract/index.ts';
import type { Access, ApiDescription } from '../../http/index.ts';
import { problemCodes } from './problem-codes.ts';

const named = new Map<z.ZodType, string>([
  [releasePostureSchema, 'ReleasePosture'],
  [sessionSchema, 'Session'],
  [signInSchema, 'SignIn'],
  [helpIndexSchema, 'HelpIndex'],
  [helpPageSchema, 'HelpPage'],
  [scanListSchema, 'ScanList'],
  [scanSchema, 'Scan'],
  [newScanSchema, 'NewScan'],
]);

/** What the manager's OpenAPI document says beside its routes. */
export function describeApi(version: string, cookieName: string): ApiDescription {
  return {
    title: 'Plimsoll',
    description: 'The HTTP API of the manager.',
    version,
    named,
    securitySchemes: {
      session: { type: 'apiKey', in: 'cookie', name: cookieName },
      token: { type: 'http', scheme: 'bearer', description: 'A token from `plimsoll token create`.' },
      scanner: { type: 'http', scheme: 'bearer', description: "A scanner's credential; to enrol, an enrolment token." },
    },
    securityOf,
    problemsOf: (access) =>
      Array.isArray(access)
        ? ['not_signed_in', 'token_refused', 'forbidden', 'too_many_attempts', 'sign_in_unavailable']
        : [],
    codes: problemCodes,
  };
}

function securityOf(access: Access): Record<string, unknown> {
  if (access === 'public') return { security: [] };
  if (access === 'scanner') return { security: [{ scanner: [] }] };
  return { security: [{ session: [] }, { token: [] }], 'x-roles': access };
}
