import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';

/** A change; once it is made, what the page shows of `keys` is asked for anew. `onDone` gets what the change gave. */
export function useChange<Given, Result>(
  keys: readonly QueryKey[],
  change: (given: Given) => Promise<Result>,
  onDone: (result: Result) => void,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (result) => {
      onDone(result);
      for (const queryKey of keys) void queries.invalidateQueries({ queryKey });
    },
  });
}
