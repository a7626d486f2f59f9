import type { BundleManifest, BundleState, DatabaseName, Manifest } from '../../contract/index.ts';
import { secondsBetween } from '../../base/index.ts';
import { losses, type LiveReading, type LossCode } from './live.ts';
import type { ConnectedProgram } from './sessions.ts';

/** `this_release`: runs on it as it is · `migrate`: after its migrator · `newer_release`: only a newer one can. */
export type Fit = 'this_release' | 'migrate' | 'newer_release';

export interface PreviewDatabase {
  readonly name: DatabaseName;
  /** Schema version in the bundle, now (null: could not be read), and what this release needs. */
  readonly inBundle: number;
  readonly now: number | null;
  readonly required: number;
  readonly fit: Fit;
  /** When the database of now was last migrated. */
  readonly lastMigratedAt: string | null;
  readonly bytes: number;
  /** Why the database of now could not be read; null when it was. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What restoring a bundle comes to, before anything is changed. */
export interface RestorePreview {
  readonly bundle: {
    readonly id: string;
    readonly from: string;
    readonly createdAt: string;
    readonly ageSeconds: number;
    readonly appVersion: string;
    readonly imageSha: string;
    readonly state: BundleState;
    readonly encrypted: boolean;
    /** Null when the deployment of now could not be asked who it is. */
    readonly ofThisDeployment: boolean | null;
  };
  readonly fit: Fit;
  /** Which image runs on it, in one sentence. */
  readonly fits: string;
  readonly databases: readonly PreviewDatabase[];
  /** `count` null: the database of now could not be asked. */
  readonly losses: readonly { readonly code: LossCode; readonly label: string; readonly count: number | null }[];
  readonly scannerNames: readonly string[];
  readonly connected: readonly ConnectedProgram[];
}

export interface PreviewFacts {
  readonly bundle: BundleManifest;
  readonly from: string;
  readonly state: BundleState;
  readonly live: readonly LiveReading[];
  readonly connected: readonly ConnectedProgram[];
  /** Of this release. */
  readonly manifest: Manifest;
  readonly now: Date;
}

/** Works the preview out. Pure. */
export function previewOf(facts: PreviewFacts): RestorePreview {
  const { bundle, from, state, live, connected, now } = facts;
  const databases = bundle.databases.map((database) => previewDatabase(facts, database));
  const fit = worstFit(databases.map((database) => database.fit));
  const config = factsOf(live, 'config');
  return {
    bundle: {
      id: bundle.id,
      from,
      createdAt: bundle.createdAt,
      ageSeconds: secondsBetween(new Date(bundle.createdAt), now),
      appVersion: bundle.appVersion,
      imageSha: bundle.imageSha,
      state,
      encrypted: bundle.encryption !== null,
      ofThisDeployment: isOurs(config?.deploymentId ?? null, bundle),
    },
    fit,
    fits: describeFit(fit, facts),
    databases,
    losses: losses.map(({ code, label, database }) => ({
      code,
      label,
      count: factsOf(live, database)?.counts[code] ?? null,
    })),
    scannerNames: config?.scannerNames ?? [],
    connected,
  };
}

function isOurs(deploymentId: string | null, bundle: BundleManifest): boolean | null {
  return deploymentId === null ? null : deploymentId === bundle.deploymentId;
}

function factsOf(live: readonly LiveReading[], name: DatabaseName) {
  const reading = live.find(({ database }) => database === name);
  return reading !== undefined && 'facts' in reading ? reading.facts : undefined;
}

function previewDatabase(
  { live, manifest }: PreviewFacts,
  { name, schemaVersion, oldestCompatible, databaseBytes }: BundleManifest['databases'][number],
): PreviewDatabase {
  const required = manifest.databases[name].schemaVersion;
  const reading = live.find(({ database }) => database === name);
  const error = reading !== undefined && 'error' in reading ? reading.error : undefined;
  const now = factsOf(live, name);
  return {
    name,
    inBundle: schemaVersion,
    now: now?.schemaVersion ?? null,
    required,
    fit: fitOf({ schemaVersion, oldestCompatible }, required),
    lastMigratedAt: now?.lastMigratedAt ?? null,
    bytes: databaseBytes,
    error: error === undefined ? null : { code: error.code, message: error.message },
  };
}

/** The rule of the gate: a release runs on a newer schema if all that was applied there lets it. */
function fitOf(
  { schemaVersion, oldestCompatible }: Pick<BundleManifest['databases'][number], 'schemaVersion' | 'oldestCompatible'>,
  required: number,
): Fit {
  if (schemaVersion < required) return 'migrate';
  return oldestCompatible > required ? 'newer_release' : 'this_release';
}

function worstFit(fits: readonly Fit[]): Fit {
  return (['newer_release', 'migrate'] as const).find((fit) => fits.includes(fit)) ?? 'this_release';
}

function describeFit(fit: Fit, { bundle, manifest }: PreviewFacts): string {
  if (fit === 'this_release') return `this release, ${manifest.appVersion}, runs on it as it is`;
  if (fit === 'newer_release')
    return `the bundle is of release ${bundle.appVersion}; only that or a newer one runs on it, this is ${manifest.appVersion}`;
  const oldest = bundle.databases.map(({ name, oldestCompatible }) => `${name} ${oldestCompatible}`).join(', ');
  return `release ${bundle.appVersion}, which took it, runs on it as it is, and so does any release made for these schema versions or newer: ${oldest}; this one, ${manifest.appVersion}, after its migrator`;
}
