import { Command } from './Copy.tsx';
import { Notice } from './Section.tsx';

interface OnceShownProps {
  /** What it is, and what it is good for. */
  readonly about: string;
  readonly secret: string;
  readonly onClose: () => void;
}

/** A secret that is shown this once, with its copy button; the dialog around it closes when it has been copied. */
export function OnceShown({ about, secret, onClose }: OnceShownProps) {
  return (
    <div className="fields">
      <Notice tone="warn" title="Shown this once">
        <p>{about}</p>
      </Notice>
      <Command text={secret} />
      <div className="dialog-foot">
        <button type="button" className="button" data-kind="main" data-first onClick={onClose}>
          I have copied it
        </button>
      </div>
    </div>
  );
}
