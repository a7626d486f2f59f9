import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { ScheduleDetail } from '../../src/contract/index.ts';
import { changeSchedule, type Timing } from '../api/schedules.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { Faults, readScanFields, ScanFields, type AskedScan } from './ScanFields.tsx';
import { WhenFields } from './WhenFields.tsx';

interface EditScheduleProps {
  readonly schedule: ScheduleDetail;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

/** Changes what a schedule scans and when. */
export function EditScheduleDialog({ schedule, onClose, onChanged }: EditScheduleProps) {
  const [faults, setFaults] = useState<readonly string[]>([]);
  const [timing, setTiming] = useState<Timing>({ cron: schedule.cron, timeZone: schedule.timeZone });
  const changing = useMutation({
    mutationFn: async (asked: AskedScan) => await changeSchedule(schedule.id, { ...asked, ...timing }),
    onSuccess: onChanged,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { asked, faults: found } = readScanFields(new FormData(event.currentTarget));
    setFaults(found);
    if (found.length === 0) changing.mutate(asked);
  };
  return (
    <Dialog title="Edit the schedule" onClose={onClose}>
      <form className="fields" onSubmit={submit}>
        <Faults title="Not changed yet" faults={faults} error={changing.error} />
        <ScanFields from={schedule} />
        <WhenFields timing={timing} onChange={setTiming} />
        <div className="dialog-foot">
          <button type="submit" className="button" data-kind="main" disabled={changing.isPending}>
            {changing.isPending ? 'Saving…' : 'Save'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
