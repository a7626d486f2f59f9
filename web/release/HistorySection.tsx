import { useQuery } from '@tanstack/react-query';
import { historyQuery } from '../api/history.ts';
import type { ReleaseSearch } from '../app/search.ts';
import { PostureHistoryPart } from './PostureHistory.tsx';

interface HistorySectionProps {
  readonly search: ReleaseSearch;
  readonly onSearch: (part: ReleaseSearch) => void;
}

/** Asks for the history on its own, so that a slow config database holds up nothing else of the page. */
export function HistorySection({ search, onSearch }: HistorySectionProps) {
  const before = search.before ?? '';
  const { data, error } = useQuery(historyQuery(before));
  return <PostureHistoryPart history={data?.value} error={error} before={before} onSearch={onSearch} />;
}
