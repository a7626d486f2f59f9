import { releasePostureSchema, type ReleasePosture } from '../../contract/index.ts';

/** The form in which postures are recorded. */
export const postureFormat = 1;

/** JSON that Postgres takes: a NUL and half of a surrogate pair, which it refuses, become U+FFFD. */
export function keepableJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'string' ? each.toWellFormed().replaceAll('\0', '\uFFFD') : each,
  );
}

/** A recorded posture as this release shows it; undefined for a form that it cannot read. */
export function parseRecorded(format: number, posture: unknown): ReleasePosture | undefined {
  return format > postureFormat ? undefined : releasePostureSchema.safeParse(posture).data;
}
