export { copyBundle } from './copy.ts';
export { planCopies, type CopyPlan } from './plan.ts';
