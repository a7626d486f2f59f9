import { useChange } from '../api/change.ts';

const keys = [['scanners'], ['enrolment-tokens']];

/** A change to the fleet. */
export function useFleetChange<Given, Result>(
  change: (given: Given) => Promise<Result>,
  onDone: (result: Result) => void,
) {
  return useChange(keys, change, onDone);
}
