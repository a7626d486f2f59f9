export { makeBundleId } from './id.ts';
export { listBundles, type BundleListing, type StoredBundle } from './list.ts';
export { readBundle, type ReadBundle } from './read.ts';
export { documentsOf, filesOf } from './sums.ts';
export { writeBundleDocuments } from './write.ts';
