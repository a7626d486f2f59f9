import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Schedule } from '../../src/contract/index.ts';
import { changeSchedule, deleteSchedule, runSchedule } from '../api/schedules.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Dialog } from '../parts/Dialog.tsx';
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
      <DeleteDialog
        schedule={deleting}
        error={error}
        busy={doing.isPending}
        onClose={() => setDeleting(null)}
        onDelete={() => doing.mutate({ schedule: deleting, deed: 'delete' })}
      />
    );
  return { begin, shown };
}

interface DeleteProps {
  readonly schedule: Schedule;
  readonly error: ReactNode;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onDelete: () => void;
}

function DeleteDialog({ schedule, error, busy, onClose, onDelete }: DeleteProps) {
  return (
    <Dialog title="Delete this schedule?" onClose={onClose}>
      <div className="fields">
        <p>
          <strong>{schedule.name}</strong> will not come again. The scans it made stay, and one that runs goes on.
        </p>
        {error}
        <div className="dialog-foot">
          <button type="button" className="button" data-first onClick={onClose}>
            Keep it
          </button>
          <button type="button" className="button" data-kind="danger" disabled={busy} onClick={onDelete}>
            Delete the schedule
          </button>
        </div>
      </div>
    </Dialog>
  );
}
