import { useChange } from '../api/change.ts';

const keys = [['backups']];

/** A change to the bundles. */
export function useBackupChange<Given, Result>(
  change: (given: Given) => Promise<Result>,
  onDone: (result: Result) => void,
) {
  return useChange(keys, change, onDone);
}
