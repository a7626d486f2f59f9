export { backupErrorTable } from './errors.ts';
