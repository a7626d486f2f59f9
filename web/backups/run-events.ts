import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { BackupRun, RunEvent } from '../../src/contract/index.ts';
import { runEventsPath } from '../api/backups.ts';

/**
 * A run as it goes on, told by the manager; null while none is. It is listened to only while a run is under way: a browser
 * keeps six connections to a site, and pages that are left open should not hold them. A broken stream is taken up again by
 * the browser, and meanwhile the page goes on asking.
 */
export function useRunEvents(runId: string | null): BackupRun | null {
  const queries = useQueryClient();
  const [run, setRun] = useState<BackupRun | null>(null);
  useEffect(() => {
    if (runId === null) return undefined;
    const source = new EventSource(runEventsPath);
    source.addEventListener('run', ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as RunEvent;
      setRun(event.run);
      if (event.run?.state === 'running') return;
      source.close();
      void queries.invalidateQueries({ queryKey: ['backups'] });
    });
    return () => {
      source.close();
      setRun(null);
    };
  }, [runId, queries]);
  return run;
}
