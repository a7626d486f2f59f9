import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Starts the journeys, the longest files by far, before all others, so that none of them is left to run alone at the end.
 * Vitest itself goes by how long a file took last time, which a fresh clone does not know.
 */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isJourney = ({ project }: TestSpecification): boolean => project.name === 'journeys';
    return [...sorted.filter(isJourney), ...sorted.filter((file) => !isJourney(file))];
  }
}
