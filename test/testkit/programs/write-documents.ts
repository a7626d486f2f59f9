import { writeBundleDocuments } from '../../../src/backups/index.ts';
import { AppError } from '../../../src/base/index.ts';
import { sampleManifest } from '../bundles.ts';

/** Describes a bundle in a folder and says the code of what went wrong; for tests that leave it no room. */
const [folder = ''] = process.argv.slice(2);
try {
  await writeBundleDocuments(folder, sampleManifest());
} catch (error) {
  process.stdout.write(`${error instanceof AppError ? error.code : String(error)}\n`);
  process.exitCode = 1;
}
