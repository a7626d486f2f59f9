import { rmSync } from 'node:fs';
import { bundleProgram } from './bundle.ts';

rmSync('dist/program', { recursive: true, force: true });
await bundleProgram('dist/program');
