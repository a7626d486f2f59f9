import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Schedule } from '../../src/contract/index.ts';
import { changeSchedule, deleteSchedule, runSchedule } from '../api/schedules.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { AskDialog } from '../parts/AskDialog.tsx';
import type { Deed, OnDeed } from './ScheduleButtons.tsx';

interface After {
  /** Gets the id of the scan that was made. */
  readonly onRan: (scanId: string) => void;
  readonly onDeleted: () => void;
}

/** Does what the buttons of schedules say; `shown` is what that has to say itself: a question, or what went wrong. */
export function useScheduleDeeds({ onRan, onDeleted }: After): { readonly begin: OnDeed; readonly shown: ReactNode } {
  const queries = useQueryClient();
  const [deleting, setDeleting] = useState<Schedule | null>(null);
  const doing = useMutation({
    mutationFn: async ({ schedule, deed }: { readonly schedule: Schedule; readonly deed: Deed }) => {
      if (deed === 'run') onRan((await runSchedule(schedule.id)).id);
      else if (deed === 'delete') await deleteSchedule(schedule.id);
      else await changeSchedule(schedule.id, { enabled: deed === 'resume' });
    },
    onSuccess: (_nothing, { schedule, deed }) => {
      if (deed === 'delete') {
        setDeleting(null);
        queries.removeQueries({ queryKey: ['schedule', schedule.id] });
        onDeleted();
      }
      for (const queryKey of [['schedules'], ['schedule', schedule.id]]) void queries.invalidateQueries({ queryKey });
    },
  });
  const begin: OnDeed = (schedule, deed) => {
    doing.reset();
    if (deed === 'delete') setDeleting(schedule);
    else doing.mutate({ schedule, deed });
  };
  const error = doing.isError ? <ErrorNotice error={doing.error} /> : null;
  const shown =
    deleting === null ? (
      error
    ) : (
      <AskDialog
        title="Delete this schedule?"
        keep="Keep it"
        act="Delete the schedule"
        busy={doing.isPending}
        error={error}
        onClose={() => setDeleting(null)}
        onAct={() => doing.mutate({ schedule: deleting, deed: 'delete' })}
      >
        <strong>{deleting.name}</strong> will not come again. The scans it made stay, and one that runs goes on.
      </AskDialog>
    );
  return { begin, shown };
}
