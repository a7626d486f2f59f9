import { buildScannerExecutable } from './scanner/executable.ts';

/** `npm run build:scanner`: the scanner as one file that needs nothing installed. */
const { path, sizeBytes, bundleBytes } = await buildScannerExecutable('dist/scanner');
const megabytes = (sizeBytes / 1_000_000).toFixed(0);
process.stdout.write(`${path}: ${megabytes} MB, of which the scanner is ${(bundleBytes / 1000).toFixed(0)} kB\n`);
