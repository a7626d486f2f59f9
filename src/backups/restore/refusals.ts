import type { AppError } from '../../base/index.ts';
import type { BundleManifest } from '../../contract/index.ts';
import { restoreError } from './errors.ts';
import type { RestorePreview } from './preview.ts';

/** Reasons that an operator has given for going on all the same. */
export interface Accepted {
  readonly unverified?: string | undefined;
  readonly otherDeployment?: string | undefined;
}

export interface RefusalFacts {
  readonly bundle: BundleManifest;
  readonly preview: RestorePreview;
  readonly accepted: Accepted;
  /** Of this release. */
  readonly appVersion: string;
}

/** Everything that speaks against restoring a bundle here, by what is known without touching anything. Pure. */
export function findRefusals(facts: RefusalFacts): AppError[] {
  return [...newer(facts), ...unverified(facts), ...otherDeployment(facts)];
}

function newer({ bundle, preview, appVersion }: RefusalFacts): AppError[] {
  const ahead = preview.databases.filter(({ fit }) => fit === 'newer_release');
  if (ahead.length === 0) return [];
  const versions = ahead.map(
    ({ name, inBundle, required }) => `${name} is at schema ${inBundle}, this release knows ${required}`,
  );
  const found = [`the bundle was taken by release ${bundle.appVersion}, this is ${appVersion}`, ...versions].join('; ');
  return [
    restoreError('restore_schema_newer', {
      message: found,
      hint: `Use the image of release ${bundle.appVersion} or a newer one, or choose an older bundle: \`plimsoll backup list\`.`,
      details: { found: bundle.appVersion, expected: appVersion },
    }),
  ];
}

function unverified({ preview: { bundle }, accepted }: RefusalFacts): AppError[] {
  if (bundle.state === 'verified' || bundle.state === 'proven' || isGiven(accepted.unverified)) return [];
  const found =
    bundle.state === 'damaged' ? 'the newest verification of it failed' : 'no verification of it has ever passed';
  return [
    restoreError('restore_unverified', {
      message: `bundle ${bundle.id} on ${bundle.from}: ${found}`,
      hint: `Run \`plimsoll backup verify ${bundle.id}\` first, or go on all the same with \`--accept-unverified "reason"\`.`,
      details: { state: bundle.state },
    }),
  ];
}

function otherDeployment({ bundle, preview, accepted }: RefusalFacts): AppError[] {
  if (preview.bundle.ofThisDeployment !== false || isGiven(accepted.otherDeployment)) return [];
  return [
    restoreError('restore_other_deployment', {
      message: `bundle ${bundle.id} was taken of the deployment ${bundle.deploymentId}, which is not this one`,
      hint: 'Choose a bundle of this deployment: `plimsoll backup list`; or go on with `--accept-other-deployment "reason"`.',
      details: { found: bundle.deploymentId },
    }),
  ];
}

/** A reason is words; an empty text is none. */
function isGiven(reason: string | undefined): boolean {
  return reason !== undefined && reason.trim() !== '';
}
