import { z } from 'zod';
import {
  brokenBundleSchema,
  bundleCopySchema,
  bundleEntrySchema,
  bundlePinSchema,
  verificationMethods,
} from './backup.ts';
import { bundleIdSchema, bundleReasons } from './bundle.ts';
import { bundleSummarySchema } from './release.ts';

const note = z.string().max(500);

/** One bundle in the list of Admin > Backups: what a row shows. `GET /api/admin/backups/{id}` has the rest. */
export const bundleRowSchema = bundleSummarySchema.extend({
  completedAt: z.iso.datetime(),
  takenBy: z.string(),
  reason: z.enum(bundleReasons),
  /** Of all three databases. */
  rows: z.int(),
  /** Between the first and the last of its snapshots. */
  skewMs: z.number(),
  /** References from one database into another that lead nowhere, of all that were checked. */
  references: z.object({ checked: z.int(), missing: z.int() }),
  copies: z.array(bundleCopySchema),
  pin: bundlePinSchema.nullable(),
});
export type BundleRow = z.infer<typeof bundleRowSchema>;

/** `GET /api/admin/backups`: newest first. */
export const backupListSchema = z.object({ bundles: z.array(bundleRowSchema), broken: z.array(brokenBundleSchema) });
export type BackupList = z.infer<typeof backupListSchema>;

/** A step of bringing a bundle back, as it is to be typed in this deployment. */
const restoreStepSchema = z.object({ what: z.string(), command: z.string() });
export type RestoreStep = z.infer<typeof restoreStepSchema>;

/** `GET /api/admin/backups/{id}`. */
export const backupDetailSchema = z.object({
  bundle: bundleEntrySchema,
  /** With Plimsoll's own program. */
  restore: z.array(restoreStepSchema),
  /** Without it, from the downloaded archive. */
  byHand: z.array(restoreStepSchema),
});
export type BackupDetail = z.infer<typeof backupDetailSchema>;

export const backupParamsSchema = z.object({ id: bundleIdSchema });
export type BackupParams = z.infer<typeof backupParamsSchema>;

/** `POST /api/admin/backups`; a body is not needed. */
export const newBackupSchema = z.strictObject({ pinNote: note.nullable().default(null) }).nullish();
export type NewBackup = z.input<typeof newBackupSchema>;

/** `POST /api/admin/backups/{id}/verify`; without a body the checksums are read. */
export const verifyBackupSchema = z
  .strictObject({ method: z.enum(verificationMethods).default('checksums') })
  .nullish();
export type VerifyBackup = z.output<typeof verifyBackupSchema>;

/** `PUT /api/admin/backups/{id}/pin`. */
export const pinBackupSchema = z.strictObject({ note: note.default('') }).nullish();
export type PinBackup = z.output<typeof pinBackupSchema>;

/** `POST /api/admin/backups/keys/challenge`. */
export const challengeBackupKeySchema = z.strictObject({ recipient: z.string().min(1).max(200) });
export type ChallengeBackupKey = z.infer<typeof challengeBackupKeySchema>;

/** `POST /api/admin/backups/keys/answer`. */
export const answerBackupKeySchema = challengeBackupKeySchema.extend({ text: z.string().trim().min(1).max(500) });
export type AnswerBackupKey = z.infer<typeof answerBackupKeySchema>;

/** A run by its id. */
export const backupRunParamsSchema = z.object({ run: z.string().min(1).max(100) });
export type BackupRunParams = z.infer<typeof backupRunParamsSchema>;
