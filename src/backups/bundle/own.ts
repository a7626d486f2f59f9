import { compare } from 'semver';
import type { BundleManifest } from '../../contract/index.ts';
import { bundleError } from './errors.ts';

/** Throws `bundle_foreign` for the bundle of another deployment. */
export function requireOwnBundle(manifest: BundleManifest, deploymentId: string): void {
  if (manifest.deploymentId === deploymentId) return;
  throw bundleError('bundle_foreign', {
    message: `bundle ${manifest.id} is of the deployment ${manifest.deploymentId}, this is ${deploymentId}`,
    hint: 'Choose a bundle of this deployment: type `plimsoll backup list`.',
    details: { found: manifest.deploymentId, expected: deploymentId },
  });
}

/** Throws `bundle_release_newer` for a bundle that a newer release took. */
export function requireKnownRelease(manifest: BundleManifest, appVersion: string): void {
  if (compare(manifest.appVersion, appVersion) <= 0) return;
  throw bundleError('bundle_release_newer', {
    message: `bundle ${manifest.id} was taken by release ${manifest.appVersion}, this is ${appVersion}`,
    hint: `Use the image of release ${manifest.appVersion} or a newer one.`,
    details: { found: manifest.appVersion, expected: appVersion },
  });
}
