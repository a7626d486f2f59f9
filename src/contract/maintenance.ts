import { z } from 'zod';

/** Key of the row of `settings` in the config database that keeps every manager's gate closed as long as it is there. */
export const maintenanceKey = 'deployment.maintenance';

/** Why an operator's command keeps the gate closed. Shown to callers who are not signed in: no host, no role, no secret. */
export const maintenanceSchema = z.object({
  kind: z.literal('restore'),
  /** Of the restore; names its journal. */
  id: z.string(),
  message: z.string(),
  since: z.iso.datetime(),
  by: z.string(),
});
export type Maintenance = z.infer<typeof maintenanceSchema>;
