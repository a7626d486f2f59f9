export { createPosture, type Posture, type PostureOptions } from './snapshot.ts';
export { renderPosture } from './text.ts';
export { postureErrorTable } from './errors.ts';
export type { PostureSource, PostureView } from './types.ts';
export { createHistoryRecorder, type HistoryRecorder } from './history/recorder.ts';
export { momentOf, readHistory, readPostureAt } from './history/history.ts';
export { recordDeployment, type Deployment } from './history/store.ts';
export { isComplete } from './history/settle.ts';
