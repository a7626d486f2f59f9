export { copyBundle, type CopyRequest } from './copy.ts';
export { planCopies, type CopyPlan } from './plan.ts';
