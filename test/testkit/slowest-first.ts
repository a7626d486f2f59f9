import { BaseSequencer, type TestSpecification } from 'vitest/node';

const slow = new Set(['containers', 'journeys', 'pages']);

/**
 * Starts the journeys and the pages, the longest files by far, before all others, so that none of them is left to run alone
 * at the end. Vitest itself goes by how long a file took last time, which a fresh clone does not know.
 */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ project }: TestSpecification): boolean => slow.has(project.name);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
