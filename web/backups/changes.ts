import { useMutation, useQueryClient } from '@tanstack/react-query';

/** A change to the bundles; once it is made, what the page shows of them is asked for anew. `onDone` gets what the change gave. */
export function useBackupChange<Given, Result>(
  change: (given: Given) => Promise<Result>,
  onDone: (result: Result) => void,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (result) => {
      onDone(result);
      void queries.invalidateQueries({ queryKey: ['backups'] });
    },
  });
}
