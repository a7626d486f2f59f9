export { openDownload } from './open.ts';
export { planDownload, type DownloadPlan } from './plan.ts';
export { parseRange } from './range.ts';
