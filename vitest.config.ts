import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { drawJourneys } from './test/containers/draw.ts';
import { SlowestFirst } from './test/testkit/slowest-first.ts';

const journeys = [...drawJourneys(process.env)];
const containers = {
  test: {
    name: 'containers',
    include: journeys,
    globalSetup: './test/containers/engine.ts',
    testTimeout: 900_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
};

export default defineConfig({
  test: {
    globals: false,
    // Every core: Vitest itself would leave one idle.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: SlowestFirst },
    reporters: ['default', './test/testkit/reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,scripts,help,web}/**/*.test.ts'],
          exclude: ['**/*.db.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'db',
          include: ['{src,test}/**/*.db.test.ts', 'test/structure/*.test.ts'],
          globalSetup: './test/testkit/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // The built pages in a real browser, the API answered from fixtures.
      { test: { name: 'pages', include: ['test/pages/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      // On real containers, and so only when asked for: CONTRIBUTING.md.
      ...(journeys.length > 0 ? [containers] : []),
      {
        test: {
          name: 'journeys',
          include: ['test/{journeys,conformance}/*.test.ts'],
          globalSetup: './test/testkit/global-setup.ts',
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
