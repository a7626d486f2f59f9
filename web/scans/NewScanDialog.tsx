import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { createScan } from '../api/scans.ts';
import { createSchedule, type Timing } from '../api/schedules.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { Faults, readScanFields, ScanFields, type AskedScan } from './ScanFields.tsx';
import { ownTimeZone } from './schedules.ts';
import { WhenFields } from './WhenFields.tsx';

interface NewScanProps {
  /** What the fields hold at first. */
  readonly from?: AskedScan | undefined;
  readonly onClose: () => void;
  /** Gets the id of the scan that was made. */
  readonly onMade: (id: string) => void;
  /** Gets the id of the schedule that was made. */
  readonly onScheduled: (id: string) => void;
}

/** Asks for a scan, now or by schedule: a name, targets, and what to probe at each. */
export function NewScanDialog({ from, onClose, onMade, onScheduled }: NewScanProps) {
  const [faults, setFaults] = useState<readonly string[]>([]);
  const [again, setAgain] = useState(false);
  const [timing, setTiming] = useState<Timing>(() => ({ cron: '30 3 * * *', timeZone: ownTimeZone() }));
  const asking = useMutation({
    mutationFn: async (asked: AskedScan) => {
      if (again) onScheduled((await createSchedule({ ...asked, ...timing })).id);
      else onMade((await createScan(asked)).id);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { asked, faults: found } = readScanFields(new FormData(event.currentTarget));
    setFaults(found);
    if (found.length === 0) asking.mutate(asked);
  };
  return (
    <Dialog title="New scan" onClose={onClose}>
      <form className="fields" onSubmit={submit}>
        <Faults title="Not asked for yet" faults={faults} error={asking.error} />
        <ScanFields from={from} />
        <WhenChoice again={again} onChange={setAgain} />
        {again ? <WhenFields timing={timing} onChange={setTiming} /> : null}
        <p className="quiet scan-hint">Each scanner probes only inside its own allow-list of networks.</p>
        <div className="dialog-foot">
          <button type="submit" className="button" data-kind="main" disabled={asking.isPending}>
            {wordOf({ again, asking: asking.isPending })}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function wordOf({ again, asking }: { readonly again: boolean; readonly asking: boolean }): string {
  if (asking) return 'Asking…';
  return again ? 'Make the schedule' : 'Start the scan';
}

interface WhenChoiceProps {
  readonly again: boolean;
  readonly onChange: (again: boolean) => void;
}

function WhenChoice({ again, onChange }: WhenChoiceProps) {
  return (
    <fieldset className="kinds">
      <legend>When</legend>
      <label className="kind">
        <input type="radio" name="when" checked={!again} onChange={() => onChange(false)} />
        <strong>Now</strong>
        <span className="quiet">Once, as soon as a scanner is free.</span>
      </label>
      <label className="kind">
        <input type="radio" name="when" checked={again} onChange={() => onChange(true)} />
        <strong>By schedule</strong>
        <span className="quiet">Again and again, at times of your choice.</span>
      </label>
    </fieldset>
  );
}
