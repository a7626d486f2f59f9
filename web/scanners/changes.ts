import { useMutation, useQueryClient } from '@tanstack/react-query';

/** A change to the fleet; once it is made, what the page shows is asked for anew. `onDone` gets what the change gave. */
export function useFleetChange<Given, Result>(
  change: (given: Given) => Promise<Result>,
  onDone: (result: Result) => void,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (result) => {
      onDone(result);
      void queries.invalidateQueries({ queryKey: ['scanners'] });
      void queries.invalidateQueries({ queryKey: ['enrolment-tokens'] });
    },
  });
}
