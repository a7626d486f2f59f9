export type { ScannerOptions } from './assemble.ts';
export { scannerError, scannerErrorTable } from './errors.ts';
export { jsonLog } from './log.ts';
export { scannerMetrics } from './metrics-table.ts';
export { runScannerOnce, type OnceReport } from './once.ts';
export { runScanner } from './scanner.ts';
