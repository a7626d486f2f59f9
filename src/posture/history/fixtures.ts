import type { ReleasePosture } from '../../contract/index.ts';
import { facts } from '../fixtures/facts.ts';
import { judge } from '../verdict.ts';

/** A whole posture of a deployment in which all is well, changed as asked and judged. */
export function postureOf(change: Parameters<typeof facts>[0] = {}): ReleasePosture {
  const given = facts(change);
  const { generatedAt, ...parts } = given.parts;
  return { generatedAt, verdict: judge(given), ...parts };
}
