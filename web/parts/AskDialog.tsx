import type { ReactNode } from 'react';
import { Dialog } from './Dialog.tsx';

interface AskDialogProps {
  readonly title: string;
  /** What will be so afterwards, and what stays. */
  readonly children: ReactNode;
  /** Words of the button that leaves all as it is. */
  readonly keep: string;
  /** Words of the button that does it. */
  readonly act: string;
  readonly busy: boolean;
  /** Why it could not be done; null before that. */
  readonly error: ReactNode;
  readonly onClose: () => void;
  readonly onAct: () => void;
}

/** Asks once more before something that cannot be taken back; the way out of it stands first and has the focus. */
export function AskDialog({ title, children, keep, act, busy, error, onClose, onAct }: AskDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="fields">
        <p>{children}</p>
        {error}
        <div className="dialog-foot">
          <button type="button" className="button" data-first onClick={onClose}>
            {keep}
          </button>
          <button type="button" className="button" data-kind="danger" disabled={busy} onClick={onAct}>
            {act}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
