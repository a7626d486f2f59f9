import { z } from 'zod';

const versionNumber = z.int().min(0).max(9999);
/** A semantic version, such as that of a release. */
export const semverSchema = z
  .string()
  .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, 'must be a semantic version such as 1.4.0');

function range(lowest: number) {
  return z
    .strictObject({ min: z.int().min(lowest), max: z.int().min(lowest) })
    .refine((window) => window.min <= window.max, 'min must not be above max');
}

const database = z.strictObject({
  schemaVersion: versionNumber.describe('The migration number this database must be at.'),
});

/** The compatibility manifest, `release.json`: what one release needs and accepts. Unknown keys are errors. */
export const manifestSchema = z.strictObject({
  manifestVersion: z.literal(1),
  appVersion: semverSchema.describe('The release this manifest belongs to.'),
  upgradableFrom: z.string().min(1).describe('Semver range of the releases that may be upgraded to this one directly.'),
  databases: z.strictObject({ config: database, results: database, jobs: database }),
  scannerProtocol: range(1).describe('Lowest and highest scanner wire-protocol version this release speaks.'),
  postgres: range(10).describe('Lowest and highest Postgres major version this release accepts.'),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Lowest and highest wire-protocol version that a release speaks. */
export const protocolWindowSchema = z.object({ min: z.int(), max: z.int() });
export type ProtocolWindow = z.infer<typeof protocolWindowSchema>;
