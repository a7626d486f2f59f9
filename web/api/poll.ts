import { keepPreviousData } from '@tanstack/react-query';

/** How often pages ask that show what people change and not what runs. */
export const calmPollSeconds = 15;

/** Options of a question that is asked again and again while the page is visible. */
export const calm = {
  refetchInterval: calmPollSeconds * 1000,
  refetchOnWindowFocus: 'always',
  placeholderData: keepPreviousData,
} as const;
