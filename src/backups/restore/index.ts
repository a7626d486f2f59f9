export type { RestoreContext } from './context.ts';
export { openJournals, type RestoreJournal } from './journal.ts';
export { previewRestore, forgetRestores, restoreBundle, resumeRestore, undoRestore } from './restore.ts';
export type { BundleTerms, RestoreReport } from './restore.ts';
export type { RestorePreview } from './preview.ts';
export { isUnfinished } from './states.ts';
