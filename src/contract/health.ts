import { z } from 'zod';

/** GET /livez: the process answers. */
export const liveSchema = z.object({ status: z.literal('alive') });

/** GET /readyz: the gate is open; when it is closed the answer is a problem document with the gate's reasons. */
export const readySchema = z.object({ status: z.literal('ready') });
