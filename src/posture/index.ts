export { createPosture, type Posture, type PostureOptions } from './snapshot.ts';
export { renderPosture } from './text.ts';
export { postureErrorTable } from './errors.ts';
export type { PostureSource, PostureView } from './types.ts';
